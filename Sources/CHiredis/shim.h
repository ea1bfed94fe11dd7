#pragma once
#include <hiredis/hiredis.h>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
