#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t left;
  uint8_t *encoded;
  size_t encoded_count, encoded_capacity;
  cas_png_status status;
  cas_png_report *report;
} session;

static void fail(png_structp png, png_const_charp message) {
  session *s = png_get_error_ptr(png);
  if (s->status == CAS_PNG_OK) s->status = CAS_PNG_DAMAGED;
  strncpy(s->report->message, message, CAS_PNG_MESSAGE_BYTES - 1);
  s->report->message[CAS_PNG_MESSAGE_BYTES - 1] = 0;
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep into, size_t count) {
  session *s = png_get_io_ptr(png);
  if (count > s->left) {
    s->status = CAS_PNG_TRUNCATED;
    png_error(png, "unexpected end of file");
  }
  memcpy(into, s->bytes, count);
  s->bytes += count;
  s->left -= count;
}

// Runs after libpng's own transformations, on each row of each pass: remembers whether alpha mattered, then drops it.
static void drop_alpha(png_structp png, png_row_infop row, png_bytep data) {
  session *s = png_get_user_transform_ptr(png);
  size_t colours = row->channels == 2 ? 1 : 3;
  if (row->channels != 2 && row->channels != 4) return;
  uint8_t least = 255;
  for (png_uint_32 x = 0; x < row->width; x++) {
    const uint8_t *from = data + x * (colours + 1);
    for (size_t c = 0; c < colours; c++) data[x * colours + c] = from[c];
    if (from[colours] < least) least = from[colours];
  }
  if (least < 255) s->report->translucent = 1;
}

static cas_png_status decode(png_structp png, png_infop info, session *s, uint8_t *pixels, size_t capacity) {
  if (setjmp(png_jmpbuf(png))) return s->status;
  png_set_read_fn(png, s, read_bytes);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller has held the pixels to its own limit
  png_set_chunk_cache_max(png, 64);
  png_set_chunk_malloc_max(png, 1 << 20);
  // Colour profiles, gamma and texts are never read: they could cost memory and must not change a pixel.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, info);

  int type = png_get_color_type(png, info);
  int channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1;
  png_set_expand(png);
  png_set_strip_16(png);
  if (type & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS)) {
    png_set_read_user_transform_fn(png, drop_alpha);
    png_set_user_transform_info(png, s, 8, channels);
  }
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t row_bytes = (size_t)png_get_image_width(png, info) * (size_t)channels;
  png_uint_32 height = png_get_image_height(png, info);
  if (png_get_rowbytes(png, info) != row_bytes || row_bytes == 0 || capacity % row_bytes != 0 ||
      capacity / row_bytes != height) {
    png_error(png, "the rows do not have the size that the header promises");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (png_uint_32 y = 0; y < height; y++) png_read_row(png, pixels + y * row_bytes, NULL);
  }
  png_read_end(png, NULL);
  return CAS_PNG_OK;
}

cas_png_status cas_png_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                            cas_png_report *report) {
  memset(report, 0, sizeof *report);
  session s = {.bytes = bytes, .left = count, .report = report};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  cas_png_status status = info ? decode(png, info, &s, pixels, capacity) : CAS_PNG_MEMORY;
  if (png) png_destroy_read_struct(&png, &info, NULL);
  return status;
}

static void write_bytes(png_structp png, png_bytep from, size_t count) {
  session *s = png_get_io_ptr(png);
  if (s->encoded_capacity - s->encoded_count < count) {
    size_t capacity = (s->encoded_count + count) * 2;
    uint8_t *grown = realloc(s->encoded, capacity);
    if (!grown) {
      s->status = CAS_PNG_MEMORY;
      png_error(png, "out of memory");
    }
    s->encoded = grown;
    s->encoded_capacity = capacity;
  }
  memcpy(s->encoded + s->encoded_count, from, count);
  s->encoded_count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static cas_png_status encode(png_structp png, png_infop info, session *s, const uint8_t *pixels, uint32_t width,
                             uint32_t height, int channels) {
  if (setjmp(png_jmpbuf(png))) return s->status;
  png_set_write_fn(png, s, write_bytes, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, 6);
  png_set_IHDR(png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * width * (size_t)channels);
  png_write_end(png, NULL);
  return CAS_PNG_OK;
}

cas_png_status cas_png_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                             uint8_t **encoded, size_t *encoded_count, cas_png_report *report) {
  memset(report, 0, sizeof *report);
  session s = {.report = report};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  cas_png_status status = info ? encode(png, info, &s, pixels, width, height, channels) : CAS_PNG_MEMORY;
  if (png) png_destroy_write_struct(&png, &info);
  if (status != CAS_PNG_OK) free(s.encoded);
  *encoded = status == CAS_PNG_OK ? s.encoded : NULL;
  *encoded_count = status == CAS_PNG_OK ? s.encoded_count : 0;
  return status;
}

void cas_png_free(uint8_t *encoded) { free(encoded); }

const char *cas_png_version(void) { return png_get_libpng_ver(NULL); }
