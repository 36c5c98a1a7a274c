/* Parts of the change of the urban share: see urban_change.h. */
#include "evaluate/urban_change.h"

#include <math.h>

rh_urban_parts
rh_urban_parts_of(rh_urban_books *b)
{
    const double urban = b->urban - b->urban_before, all = b->all - b->all_before;
    const double natural = b->natural_urban + b->natural_rural;
    const double known = isnan(b->reclassified) ? 0 : b->reclassified;
    if (isnan(b->migration_urban) || isnan(b->migration_rural)) {
        b->migration_urban = urban - b->natural_urban - known;
        b->migration_rural = all - natural - b->migration_urban;
    } else if (isnan(b->reclassified)) {
        b->reclassified = urban - b->natural_urban - b->migration_urban;
    }
    const double migration = b->migration_urban + b->migration_rural;
    const double moved = isnan(b->reclassified) ? 0 : b->reclassified;
    rh_urban_parts p = {.before = b->urban_before / b->all_before, .now = b->urban / b->all};
    const double share = (p.before + p.now) / 2, people = (b->all_before + b->all) / 2;
    p.natural = (b->natural_urban - share * natural) / people;
    p.migration = (b->migration_urban - share * migration) / people;
    p.reclassification = b->reclassified / people;
    const double left_urban = urban - b->natural_urban - b->migration_urban - moved;
    const double left = all - natural - migration;
    p.unexplained = (left_urban - share * left) / people;
    return p;
}
