// The GNU C library's allocator tells what it handed out only to those who include this.
#include <malloc.h>
