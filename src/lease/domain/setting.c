/* Settings: see setting.h. */
#include "domain/setting.h"

static const int64_t default_of[] = {
#define PARAMETER(key, value) [rh_parameter_##key] = (value),
#include "domain/parameter.def"
#undef PARAMETER
};

_Static_assert(sizeof default_of / sizeof default_of[0] == rh_parameter_count,
               "every parameter has a default");

int64_t
rh_setting_default(enum rh_parameter_code key)
{
    return default_of[key];
}

int64_t
rh_setting(const rh_case *c, enum rh_parameter_code key)
{
    return rh_parameter_at(c->registry, c->place, key, c->today, default_of[key]);
}
