/* Reclassification (城乡划分): rural villages of a township become part of its urban part. Nobody moves; it is
 * its own event and never mixed up with migration (DOMAIN.md N5, X26).
 *
 * A year's reclassified villages are a random stretch of the block, as long as the county's yearly rate asks for:
 * households keep together, and no field for the village is needed. Residents registered elsewhere but living in
 * a reclassified township's rural part follow at the rate of their place of residence.
 * E1 a resident's class does not depend on the part of residence: no candidate needs a fresh draw. */
#ifndef RH_PROCESS_RECLASSIFY_H
#define RH_PROCESS_RECLASSIFY_H

#include "process/process.h"

/* Reclassify in the block of `env` for env->year, effective on 1 January. */
void rh_reclassify_block(rh_env *env);

/* In-situ conversion (就地农转非, 村改居): whole neighbourhoods of the township's urban part exchange rural hukou for urban
 * hukou, as a stretch of the block; the rate is the year's hukou.in_situ_rate times the pace of the plan. */
void rh_convert_block(rh_env *env);

#endif
