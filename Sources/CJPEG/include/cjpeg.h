#ifndef CAS_CJPEG_H
#define CAS_CJPEG_H
#endif
