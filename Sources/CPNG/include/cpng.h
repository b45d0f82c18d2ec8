#ifndef CAS_CPNG_H
#define CAS_CPNG_H
#endif
