#ifndef CAS_OPENBLAS_SHIM_H
#define CAS_OPENBLAS_SHIM_H
// Debian lets other BLAS packages own cblas.h; OpenBLAS's own copy is asked for first.
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#else
#include <cblas.h>
#endif
#endif
