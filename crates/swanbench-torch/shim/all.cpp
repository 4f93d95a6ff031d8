// One unit of compilation: the headers of libtorch take longer than all of this code.

#include "budget.cpp"
#include "cells.cpp"
#include "functions.cpp"
#include "gates.cpp"
#include "maps.cpp"
#include "shim.cpp"
