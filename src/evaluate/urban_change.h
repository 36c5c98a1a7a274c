/* What moved the urban share: natural change, migration, reclassification 城镇化率变动的分解 (ASK-01).
 *
 * Books of one period: urban U and all P at its ends; natural change, net migration (urban and rural part) and people reclassified from
 * rural to urban. By the product rule at the midpoint, with s̄ = (s0+s1)/2 and P̄ = (P0+P1)/2, exactly
 *     s1 − s0 = (N_u − s̄ N)/P̄ + (M_u − s̄ M)/P̄ + R/P̄ + (E_u − s̄ E)/P̄
 * (indicator/indicator.h has the same for the residents of a run); E is what the books do not explain, and is 0 where they close. */
#ifndef RH_EVALUATE_URBAN_CHANGE_H
#define RH_EVALUATE_URBAN_CHANGE_H

/* Persons, any unit. NAN in migration_urban and migration_rural, or in reclassified, or in both: found from the books (see rh_urban_parts_of). */
typedef struct rh_urban_books {
    double urban_before, all_before, urban, all;
    double natural_urban, natural_rural, migration_urban, migration_rural, reclassified;
} rh_urban_books;

typedef struct rh_urban_parts {
    double before, now; /* urban shares, 0 … 1 */
    double natural, migration, reclassification,
        unexplained; /* add to now − before, to rounding */
} rh_urban_parts;

/* Where migration is unknown it is what closes the books; where reclassification is unknown, that is; where both are, their sum stands as
 * migration and reclassification is NAN ("migration and reclassification", the residual method: United Nations 1980, Patterns of urban and rural
 * population growth). The books as they were used are written back. */
rh_urban_parts rh_urban_parts_of(rh_urban_books *books);

#endif
