#ifndef CAS_OPENBLAS_SHIM_H
#define CAS_OPENBLAS_SHIM_H
// Debian lets other BLAS packages own cblas.h; OpenBLAS's own copy is asked for first.
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#else
#include <cblas.h>
#endif

// LAPACK, which the library exports and Debian's header leaves out; the last arguments are Fortran's hidden lengths of
// the strings.
void dsyevd_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
             double *work, const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info,
             unsigned long jobzLength, unsigned long uploLength);
void dgesdd_(const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda, double *s, double *u,
             const blasint *ldu, double *vt, const blasint *ldvt, double *work, const blasint *lwork, blasint *iwork,
             blasint *info, unsigned long jobzLength);
void dpotrf_(const char *uplo, const blasint *n, double *a, const blasint *lda, blasint *info, unsigned long uploLength);
#endif
