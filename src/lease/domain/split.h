/* Dividing money by shares: largest remainder, ties to the first (the farmer); the parts always sum to the amount (I9). */
#ifndef RH_DOMAIN_SPLIT_H
#define RH_DOMAIN_SPLIT_H

#include <stdint.h>

/* amount ≥ 0 fen; n ≥ 1 shares in basis points that sum to 10,000. Largest-remainder method (Hamilton): floors first, the rest one fen each
 * to the largest remainders, the earlier one when equal. */
void rh_split(int64_t amount, int n, const int64_t *share_bp, int64_t *part);

/* ⌊a·b/divisor⌋ for a, b ≥ 0 and divisor ≥ 1, INT64_MAX when it is more than fits. */
int64_t rh_scaled(int64_t a, int64_t b, int64_t divisor);

#endif
