#include "linked_grid.h"

#include <math.h>
#include <stdlib.h>

typedef struct { int32_t x, y, next, previous, cell; } point;

struct linked_grid {
  int32_t min_x, min_y, columns, rows, side, capacity;
  int32_t *heads;
  point *points;
};

linked_grid *linked_grid_make(int32_t min_x, int32_t min_y, int32_t width, int32_t height,
                              int32_t capacity) {
  linked_grid *grid = malloc(sizeof *grid);
  grid->min_x = min_x;
  grid->min_y = min_y;
  grid->capacity = capacity;
  grid->side = (int32_t)ceil(sqrt((double)width * height * 2 / capacity));
  if (grid->side < 1) grid->side = 1;
  grid->columns = width / grid->side + 1;
  grid->rows = height / grid->side + 1;
  grid->heads = malloc(sizeof(int32_t) * grid->columns * grid->rows);
  for (int32_t cell = 0; cell < grid->columns * grid->rows; cell++) grid->heads[cell] = -1;
  grid->points = malloc(sizeof(point) * capacity);
  for (int32_t slot = 0; slot < capacity; slot++) grid->points[slot].cell = -1;
  return grid;
}

void linked_grid_free(linked_grid *grid) {
  free(grid->heads);
  free(grid->points);
  free(grid);
}

static inline int32_t cell_at(const linked_grid *grid, int32_t x, int32_t y) {
  return (y - grid->min_y) / grid->side * grid->columns + (x - grid->min_x) / grid->side;
}

void linked_grid_insert(linked_grid *grid, int32_t slot, int32_t x, int32_t y) {
  int32_t cell = cell_at(grid, x, y);
  int32_t head = grid->heads[cell];
  grid->points[slot] = (point){x, y, head, -1, cell};
  if (head >= 0) grid->points[head].previous = slot;
  grid->heads[cell] = slot;
}

void linked_grid_move(linked_grid *grid, int32_t slot, int32_t x, int32_t y) {
  point *p = &grid->points[slot];
  if (cell_at(grid, x, y) == p->cell) {
    p->x = x;
    p->y = y;
    return;
  }
  if (p->previous >= 0) grid->points[p->previous].next = p->next;
  else grid->heads[p->cell] = p->next;
  if (p->next >= 0) grid->points[p->next].previous = p->previous;
  linked_grid_insert(grid, slot, x, y);
}

static inline int before(int64_t squared, int32_t slot, linked_grid_hit hit) {
  return squared < hit.squared || (squared == hit.squared && slot < hit.slot);
}

static inline int32_t offer(linked_grid_hit *hits, int32_t count, int32_t k, int64_t squared,
                            int32_t slot) {
  if (count == k && !before(squared, slot, hits[k - 1])) return count;
  int32_t place = count < k ? count : k - 1;
  while (place > 0 && before(squared, slot, hits[place - 1])) {
    hits[place] = hits[place - 1];
    place--;
  }
  hits[place] = (linked_grid_hit){slot, squared};
  return count < k ? count + 1 : k;
}

int32_t linked_grid_nearest(const linked_grid *grid, int32_t k, int32_t x, int32_t y,
                            linked_grid_hit *hits) {
  int32_t home_column = (x - grid->min_x) / grid->side;
  int32_t home_row = (y - grid->min_y) / grid->side;
  int32_t rings = grid->columns > grid->rows ? grid->columns : grid->rows;
  int32_t count = 0;
  for (int32_t ring = 0; ring <= rings; ring++) {
    for (int32_t row = home_row - ring; row <= home_row + ring; row++) {
      if (row < 0 || row >= grid->rows) continue;
      int whole = row == home_row - ring || row == home_row + ring;
      for (int32_t column = home_column - ring; column <= home_column + ring;
           column += whole || ring == 0 ? 1 : 2 * ring) {
        if (column < 0 || column >= grid->columns) continue;
        for (int32_t slot = grid->heads[row * grid->columns + column]; slot >= 0;
             slot = grid->points[slot].next) {
          int64_t dx = grid->points[slot].x - x, dy = grid->points[slot].y - y;
          count = offer(hits, count, k, dx * dx + dy * dy, slot);
        }
      }
    }
    if (count == k) {
      int64_t in_x = (x - grid->min_x) % grid->side, in_y = (y - grid->min_y) % grid->side;
      int64_t gap = in_x < grid->side - 1 - in_x ? in_x : grid->side - 1 - in_x;
      if (in_y < gap) gap = in_y;
      if (grid->side - 1 - in_y < gap) gap = grid->side - 1 - in_y;
      gap += 1 + (int64_t)ring * grid->side;
      if (gap * gap > hits[k - 1].squared) break;
    }
  }
  return count;
}

int32_t linked_grid_full_scan(const linked_grid *grid, int32_t k, int32_t x, int32_t y,
                              linked_grid_hit *hits) {
  int32_t count = 0;
  for (int32_t slot = 0; slot < grid->capacity; slot++) {
    if (grid->points[slot].cell < 0) continue;
    int64_t dx = grid->points[slot].x - x, dy = grid->points[slot].y - y;
    count = offer(hits, count, k, dx * dx + dy * dy, slot);
  }
  return count;
}
