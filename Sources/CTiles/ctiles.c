#include "ctiles.h"
