#include "cguard.h"
