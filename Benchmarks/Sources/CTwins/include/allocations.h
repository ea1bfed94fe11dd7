// How often the program has asked for memory. Counted by standing in for the allocator's functions,
// which works with glibc; elsewhere the count is -1.
#pragma once
#include <stdint.h>

int64_t allocation_count(void);
