// The usual grid over moving points, to measure MovingGrid against: cells of one size sized for two
// points each, a doubly linked list in each, nearest-k by square rings with an exact cut-off.
// No masks, no adapting, points outside the box not supported.
#pragma once
#include <stdint.h>

typedef struct linked_grid linked_grid;
typedef struct { int32_t slot; int64_t squared; } linked_grid_hit;

linked_grid *linked_grid_make(int32_t min_x, int32_t min_y, int32_t width, int32_t height,
                              int32_t capacity);
void linked_grid_free(linked_grid *grid);
void linked_grid_insert(linked_grid *grid, int32_t slot, int32_t x, int32_t y);
void linked_grid_move(linked_grid *grid, int32_t slot, int32_t x, int32_t y);
// Sorted by distance, then slot; returns how many were found.
int32_t linked_grid_nearest(const linked_grid *grid, int32_t k, int32_t x, int32_t y,
                            linked_grid_hit *hits);
// The same by looking at every point.
int32_t linked_grid_full_scan(const linked_grid *grid, int32_t k, int32_t x, int32_t y,
                              linked_grid_hit *hits);
