#ifndef CAS_CTiles_H
#define CAS_CTiles_H
#endif
