/* The sweep of one method in C: the same loop as firstorder._kernels writes for Numba, with the same blocks,
   the same window and the same test for convergence and divergence, on f(x) = lam x^2/2.

   Compiled once per method: gcc -DMETHOD_adam -DBLOCK=... -DBUNDLE=... -DWINDOW=... (see in_c.py). */
#include <math.h>
#include <omp.h>
#include <stddef.h>
#include <stdint.h>

struct hyper { double lr, beta, beta2, eps, fade1, fade2; };  /* fade1 = 1 - beta1^t, fade2 = 1 - beta2^t */

static inline double quotient(double a, double b) { return b != 0 ? a / b : 0; }

/* One step of a coordinate: returns the new stored point; a and b are the state. */
static inline double step(double x, double g, double *a, double *b, struct hyper h)
{
#if defined(METHOD_heavy_ball)
    *a = h.beta * *a - h.lr * g;
    return x + *a;
#elif defined(METHOD_nesterov)
    *a = h.beta * *a - h.lr * g;
    return x + h.beta * *a - h.lr * g;
#elif defined(METHOD_rmsprop)
    *a = h.beta2 * *a + (1 - h.beta2) * g * g;
    return x - h.lr * quotient(g, sqrt(*a) + h.eps);
#elif defined(METHOD_adam)
    *a = h.beta * *a + (1 - h.beta) * g;
    *b = h.beta2 * *b + (1 - h.beta2) * g * g;
    return x - h.lr * quotient(*a / h.fade1, sqrt(*b / h.fade2) + h.eps);
#else
#error "choose a method"
#endif
}

static inline double position(double stored, double a, struct hyper h)
{
#if defined(METHOD_nesterov)
    return stored - h.beta * a;
#else
    return stored;
#endif
}

/* table[row] = {beta, beta2, eps}; cells of a row differ in lr */
void sweep(int rows, int n, const double *table, const double *lr, double lam, double x0, int64_t steps,
           double near2, double far2, int64_t *reached, int64_t *diverged, double *final, int threads)
{
    int chunks = (n + BLOCK - 1) / BLOCK;
    #pragma omp parallel for schedule(static) num_threads(threads)
    for (int item = 0; item < rows * chunks; item++) {
        int row = item / chunks, low = item % chunks * BLOCK, cells = n - low < BLOCK ? n - low : BLOCK;
        struct hyper shared = {0, table[3 * row], table[3 * row + 1], table[3 * row + 2], 1, 1};
        const double *free = lr + low;
        double x[BLOCK], a[BLOCK], b[BLOCK], near_at[BLOCK], far_at[BLOCK], watch_near[BLOCK];
        double distance2[WINDOW][BLOCK], fade1[WINDOW], fade2[WINDOW];
        for (int c = 0; c < cells; c++) {
            x[c] = x0, a[c] = b[c] = 0, near_at[c] = far_at[c] = INFINITY;
            watch_near[c] = near2;
        }
        int64_t running = 1;
        for (int64_t k = 0; running && k < steps; k += WINDOW) {
            int count = steps - k < WINDOW ? (int)(steps - k) : WINDOW;
            for (int j = 0; j < WINDOW; j++) {
                fade1[j] = 1 - pow(shared.beta, k + j + 1.0), fade2[j] = 1 - pow(shared.beta2, k + j + 1.0);
            }
            if (count == WINDOW) {
                for (int i = 0; i < WINDOW; i += BUNDLE) {
                    for (int c = 0; c < cells; c++) {
                        struct hyper h = shared;
                        h.lr = free[c];
                        double point = x[c], p = a[c], q = b[c];
                        #pragma GCC unroll 8
                        for (int j = 0; j < BUNDLE; j++) {
                            h.fade1 = fade1[i + j], h.fade2 = fade2[i + j];
                            point = step(point, lam * point, &p, &q, h);
                            double where = position(point, p, h);
                            distance2[i + j][c] = where * where;
                        }
                        x[c] = point, a[c] = p, b[c] = q;
                    }
                }
                int64_t events = 0;
                for (int c = 0; c < cells; c++) {
                    double least = distance2[0][c], total = distance2[0][c];
                    #pragma GCC unroll 8
                    for (int j = 1; j < WINDOW; j++) {
                        double square = distance2[j][c];
                        least = least < square ? least : square;
                        total += square;
                    }
                    events += (least <= watch_near[c]) | !(total <= far2);
                }
                if (!events) continue;
            } else {
                for (int j = 0; j < count; j++) {
                    for (int c = 0; c < cells; c++) {
                        struct hyper h = shared;
                        h.lr = free[c], h.fade1 = fade1[j], h.fade2 = fade2[j];
                        x[c] = step(x[c], lam * x[c], &a[c], &b[c], h);
                        double where = position(x[c], a[c], h);
                        distance2[j][c] = where * where;
                    }
                }
            }
            running = 0;
            for (int c = 0; c < cells; c++) {
                double near = INFINITY, far = INFINITY;
                for (int j = count - 1; j >= 0; j--) {
                    near = distance2[j][c] <= near2 ? k + j + 1.0 : near;
                    far = distance2[j][c] <= far2 ? far : k + j + 1.0;
                }
                near_at[c] = near < near_at[c] ? near : near_at[c];
                far_at[c] = far < far_at[c] ? far : far_at[c];
                running += far_at[c] == INFINITY;
            }
            for (int c = 0; c < cells; c++) {
                if (near_at[c] < INFINITY) watch_near[c] = -1;
                if (far_at[c] < INFINITY) x[c] = a[c] = b[c] = 0;  /* it rests, where there is no NaN */
            }
        }
        for (int c = 0; c < cells; c++) {
            struct hyper h = shared;
            size_t at = (size_t)row * n + low + c;
            int far = far_at[c] < INFINITY;
            diverged[at] = far ? (int64_t)far_at[c] : -1;
            reached[at] = near_at[c] < INFINITY && !far ? (int64_t)near_at[c] : -1;
            final[at] = far ? INFINITY : fabs(position(x[c], a[c], h));
        }
    }
}
