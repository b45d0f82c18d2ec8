#ifndef CAS_CGuard_H
#define CAS_CGuard_H
#endif
