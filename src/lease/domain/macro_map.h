/* MAP(X, list, a, b, …): X(list, a) X(list, b) … for up to 24 words; for the tables of this folder. */
#ifndef RH_DOMAIN_MACRO_MAP_H
#define RH_DOMAIN_MACRO_MAP_H

#define RH_M1(X, l, a) X(l, a)
#define RH_M2(X, l, a, ...) X(l, a) RH_M1(X, l, __VA_ARGS__)
#define RH_M3(X, l, a, ...) X(l, a) RH_M2(X, l, __VA_ARGS__)
#define RH_M4(X, l, a, ...) X(l, a) RH_M3(X, l, __VA_ARGS__)
#define RH_M5(X, l, a, ...) X(l, a) RH_M4(X, l, __VA_ARGS__)
#define RH_M6(X, l, a, ...) X(l, a) RH_M5(X, l, __VA_ARGS__)
#define RH_M7(X, l, a, ...) X(l, a) RH_M6(X, l, __VA_ARGS__)
#define RH_M8(X, l, a, ...) X(l, a) RH_M7(X, l, __VA_ARGS__)
#define RH_M9(X, l, a, ...) X(l, a) RH_M8(X, l, __VA_ARGS__)
#define RH_M10(X, l, a, ...) X(l, a) RH_M9(X, l, __VA_ARGS__)
#define RH_M11(X, l, a, ...) X(l, a) RH_M10(X, l, __VA_ARGS__)
#define RH_M12(X, l, a, ...) X(l, a) RH_M11(X, l, __VA_ARGS__)
#define RH_M13(X, l, a, ...) X(l, a) RH_M12(X, l, __VA_ARGS__)
#define RH_M14(X, l, a, ...) X(l, a) RH_M13(X, l, __VA_ARGS__)
#define RH_M15(X, l, a, ...) X(l, a) RH_M14(X, l, __VA_ARGS__)
#define RH_M16(X, l, a, ...) X(l, a) RH_M15(X, l, __VA_ARGS__)
#define RH_M17(X, l, a, ...) X(l, a) RH_M16(X, l, __VA_ARGS__)
#define RH_M18(X, l, a, ...) X(l, a) RH_M17(X, l, __VA_ARGS__)
#define RH_M19(X, l, a, ...) X(l, a) RH_M18(X, l, __VA_ARGS__)
#define RH_M20(X, l, a, ...) X(l, a) RH_M19(X, l, __VA_ARGS__)
#define RH_M21(X, l, a, ...) X(l, a) RH_M20(X, l, __VA_ARGS__)
#define RH_M22(X, l, a, ...) X(l, a) RH_M21(X, l, __VA_ARGS__)
#define RH_M23(X, l, a, ...) X(l, a) RH_M22(X, l, __VA_ARGS__)
#define RH_M24(X, l, a, ...) X(l, a) RH_M23(X, l, __VA_ARGS__)
#define RH_M_OF(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, map,   \
                ...)                                                                           \
    map
#define RH_MAP(X, l, ...)                                                                      \
    RH_M_OF(__VA_ARGS__, RH_M24, RH_M23, RH_M22, RH_M21, RH_M20, RH_M19, RH_M18, RH_M17,       \
            RH_M16, RH_M15, RH_M14, RH_M13, RH_M12, RH_M11, RH_M10, RH_M9, RH_M8, RH_M7,       \
            RH_M6, RH_M5, RH_M4, RH_M3, RH_M2, RH_M1, 0)                                       \
    (X, l, __VA_ARGS__)

#endif
