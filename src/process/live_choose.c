/* Choosing the kernel for this machine: see live.h. */
#include "process/live.h"

#include <string.h>

const rh_live_kernel *
rh_live_named(const char *name)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
              __builtin_cpu_supports("fma");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
              __builtin_cpu_supports("avx512cd");
    if (v4 && (name == NULL || strcmp(name, "avx512") == 0)) {
        return &rh_live_avx512;
    }
    if (v3 && (name == NULL || strcmp(name, "avx2") == 0)) {
        return &rh_live_avx2;
    }
#endif
    return name == NULL || strcmp(name, "plain") == 0 ? &rh_live_plain : NULL;
}
