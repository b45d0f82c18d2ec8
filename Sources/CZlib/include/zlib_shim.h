#ifndef CAS_ZLIB_SHIM_H
#define CAS_ZLIB_SHIM_H
#include <zlib.h>
#endif
