/* The list of processes: see process.def. */
#include "process/process.h"

const rh_process *const *
rh_processes(unsigned *count)
{
    static const rh_process *const list[] = {
#define PROCESS(name) &rh_process_##name,
#include "process/process.def"
#undef PROCESS
    };
    *count = sizeof list / sizeof list[0];
    return list;
}

unsigned
rh_process_of_fixed_ages(void)
{
    unsigned n;
    const rh_process *const *list = rh_processes(&n);
    unsigned p = 0;
    while (p + 1 < n && list[p]->fixed == NULL) {
        p++;
    }
    return p;
}
