/* Building the calendar's tables: see calendar.h. */
#include "process/calendar.h"

static rh_status
build_slot(rh_slot *s, unsigned n, const float *bound, size_t stride, unsigned class_, int age,
           rh_err *err)
{
    double sum = 0;
    for (unsigned p = 0; p < n; p++) {
        float b = bound[p * stride];
        if (!(b >= 0) || !isfinite(b)) {
            return rh_fail(err, RH_RANGE,
                           "The bound of process %u for class %u, age %d is %g; it must be "
                           "finite and not negative.",
                           p, class_, age, (double)b);
        }
        sum += (double)b;
    }
    /* Shares in 65535ths, rounded up, so that no implied bound is below the declared one; the sum grows with them. */
    unsigned share[RH_PROCESS_MAX] = {0};
    for (unsigned p = 0; p < n; p++) {
        double b = (double)bound[p * stride];
        share[p] = b > 0 ? (unsigned)ceil(b / sum * (65535 - n)) : 0;
    }
    unsigned at = 0, last = 0;
    for (unsigned p = 0; p < n; p++) {
        last = share[p] > 0 ? p : last;
    }
    for (unsigned p = 0; p < RH_PROCESS_MAX; p++) {
        at += p < n ? share[p] : 0;
        s->pick[p] = (uint16_t)(p >= last || sum <= 0 ? 65535 : at);
    }
    s->sum = (float)(sum * 65535 / (65535 - n) * (1 + 1e-6));
    s->inverse = sum > 0 ? 1 / s->sum : 0;
    double all = (double)s->sum;
    s->hit = (float)-expm1(-all);
    s->single = (uint32_t)(all > 0 ? all * exp(-all) / -expm1(-all) * 0x1p24 : 0x1p24);
    return RH_OK;
}

rh_status
rh_calendar_build(rh_calendar *calendar, unsigned n_processes, const float *bound,
                  const unsigned char *fixed, rh_err *err)
{
    calendar->n_processes = n_processes;
    if (n_processes > RH_PROCESS_MAX) {
        return rh_fail(err, RH_RANGE, "%u processes are more than the calendar holds (%d).",
                       n_processes, RH_PROCESS_MAX);
    }
    rh_class_table(calendar->class_of);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        double before = 0;
        int next = RH_AGE_LAST;
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            rh_slot *s = &calendar->slot[k][a];
            RH_TRY(build_slot(s, n_processes, bound + (size_t)k * RH_CLASS_AGES + (size_t)a,
                              (size_t)RH_CLASSES * RH_CLASS_AGES, k, a, err));
            s->fixed = fixed[k * RH_CLASS_AGES + (unsigned)a] || a == RH_AGE_LAST;
            calendar->before[k][a] = (float)before;
            before += (double)s->sum;
        }
        calendar->before[k][RH_CLASS_AGES] = (float)before;
        for (int a = RH_CLASS_AGES + 1; a < RH_BEFORE; a++) {
            calendar->before[k][a] = INFINITY;
        }
        for (int a = RH_CLASS_AGES - 1; a >= 0; a--) {
            calendar->next_fixed[k][a] = (uint8_t)next;
            next = calendar->slot[k][a].fixed ? a : next;
        }
    }
    return RH_OK;
}
