#include "cjpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A picture may be sent in many scans, each of which costs a pass over all of it; encoders write about ten.
enum { MOST_SCANS = 500, ROWS_AT_ONCE = 8 };

typedef struct {
  struct jpeg_error_mgr manager;  // first: libjpeg's pointer to it is the pointer to this
  jmp_buf escape;
  cas_jpeg_status status;
  cas_jpeg_report *report;
} failure;

struct cas_jpeg {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  failure error;
};

typedef struct {
  struct jpeg_compress_struct info;
  failure error;
  unsigned char *encoded, *written;  // the buffer given to libjpeg and the one that it gives back
  unsigned long capacity;
} writer;

_Noreturn static void leave(j_common_ptr info, cas_jpeg_status status) {
  failure *error = (failure *)info->err;
  char words[JMSG_LENGTH_MAX];
  info->err->format_message(info, words);
  snprintf(error->report->message, CAS_JPEG_MESSAGE_BYTES, "%s", words);
  error->status = status;
  longjmp(error->escape, 1);
}

static void fail(j_common_ptr info) {
  switch (info->err->msg_code) {
    case JERR_OUT_OF_MEMORY: leave(info, CAS_JPEG_MEMORY);
    case JERR_BAD_PRECISION: case JERR_SOF_UNSUPPORTED: case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT: case JERR_NOT_COMPILED: case JERR_ARITH_NOTIMPL: case JERR_CCIR601_NOTIMPL:
      leave(info, CAS_JPEG_UNSUPPORTED);
    default: leave(info, CAS_JPEG_DAMAGED);
  }
}

// libjpeg only warns where data is missing and fills in grey; such pictures must not count as samples.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF: leave(info, CAS_JPEG_TRUNCATED);
    case JWRN_HIT_MARKER: case JWRN_HUFF_BAD_CODE: case JWRN_ARITH_BAD_CODE: case JWRN_MUST_RESYNC:
      leave(info, CAS_JPEG_DAMAGED);
    default: return;
  }
}

static void count_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number <= MOST_SCANS) return;
  failure *error = (failure *)info->err;
  snprintf(error->report->message, CAS_JPEG_MESSAGE_BYTES, "more than %d scans", MOST_SCANS);
  error->status = CAS_JPEG_DAMAGED;
  longjmp(error->escape, 1);
}

static struct jpeg_error_mgr *catch_errors(failure *error, cas_jpeg_report *report) {
  jpeg_std_error(&error->manager);
  error->manager.error_exit = fail;
  error->manager.emit_message = warn;
  error->report = report;
  return &error->manager;
}

cas_jpeg *cas_jpeg_open(const uint8_t *bytes, size_t count, cas_jpeg_status *status, cas_jpeg_report *report) {
  memset(report, 0, sizeof *report);
  *status = CAS_JPEG_MEMORY;
  cas_jpeg *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  j_decompress_ptr info = &reader->info;
  info->err = catch_errors(&reader->error, report);
  if (setjmp(reader->error.escape)) {
    *status = reader->error.status;
    cas_jpeg_close(reader);
    return NULL;
  }
  jpeg_create_decompress(info);
  reader->progress.progress_monitor = count_scans;
  info->progress = &reader->progress;
  info->mem->max_memory_to_use = 2L << 30;
  jpeg_mem_src(info, bytes, count);
  jpeg_read_header(info, TRUE);
  if (info->num_components != 1 && info->num_components != 3 && info->num_components != 4) {
    ERREXIT2(info, JERR_COMPONENT_COUNT, info->num_components, 4);
  }
  report->width = info->image_width;
  report->height = info->image_height;
  report->channels = info->num_components == 1 ? 1 : 3;
  report->arithmetic = info->arith_code ? 1 : 0;
  for (int c = 0; c < info->num_components; c++) {
    report->blocks += (uint64_t)info->comp_info[c].width_in_blocks * info->comp_info[c].height_in_blocks;
  }
  *status = CAS_JPEG_OK;
  return reader;
}

cas_jpeg_status cas_jpeg_shrink(cas_jpeg *reader, unsigned denominator, cas_jpeg_report *report) {
  j_decompress_ptr info = &reader->info;
  reader->error.report = report;
  if (setjmp(reader->error.escape)) return reader->error.status;
  info->scale_num = 1;
  info->scale_denom = denominator;
  jpeg_calc_output_dimensions(info);
  report->width = info->output_width;
  report->height = info->output_height;
  return CAS_JPEG_OK;
}

// Pillow takes every four-component JPEG for an inverted one, whether Adobe's marker is there or not.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    int light = cmyk[3];
    for (int c = 0; c < 3; c++) {
      int product = (255 - cmyk[c]) * light + 128;
      int value = light - (((product >> 8) + product) >> 8);
      rgb[c] = (uint8_t)(value < 0 ? 0 : value);
    }
  }
}

cas_jpeg_status cas_jpeg_read(cas_jpeg *reader, uint8_t *pixels, cas_jpeg_report *report) {
  j_decompress_ptr info = &reader->info;
  reader->error.report = report;
  if (setjmp(reader->error.escape)) return reader->error.status;
  int components = info->num_components;
  info->out_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_start_decompress(info);
  size_t row = (size_t)info->output_width * (components == 1 ? 1 : 3);
  JSAMPROW cmyk = components < 4 ? NULL
      : info->mem->alloc_large((j_common_ptr)info, JPOOL_IMAGE, (size_t)info->output_width * 4);
  while (info->output_scanline < info->output_height) {
    JSAMPROW rows[ROWS_AT_ONCE];
    JDIMENSION y = info->output_scanline, wanted = info->output_height - y;
    if (components == 4) {
      if (jpeg_read_scanlines(info, &cmyk, 1) == 1) cmyk_to_rgb(cmyk, pixels + y * row, info->output_width);
    } else {
      if (wanted > ROWS_AT_ONCE) wanted = ROWS_AT_ONCE;
      for (JDIMENSION k = 0; k < wanted; k++) rows[k] = pixels + (y + k) * row;
      jpeg_read_scanlines(info, rows, wanted);
    }
  }
  jpeg_finish_decompress(info);
  return CAS_JPEG_OK;
}

void cas_jpeg_close(cas_jpeg *reader) {
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}

cas_jpeg_status cas_jpeg_write(const uint8_t *pixels, const cas_jpeg_report *size, int quality, uint8_t **encoded,
                               size_t *encoded_count, cas_jpeg_report *report) {
  memset(report, 0, sizeof *report);
  writer *w = calloc(1, sizeof *w);
  if (!w) return CAS_JPEG_MEMORY;
  j_compress_ptr info = &w->info;
  info->err = catch_errors(&w->error, report);
  // TurboJPEG's bound for 4:4:4 (tjBufSize), so that libjpeg never replaces the buffer.
  w->capacity = ((size->width + 15UL) & ~15UL) * ((size->height + 15UL) & ~15UL) * 6 + 2048;
  w->encoded = w->written = malloc(w->capacity);
  if (!w->encoded || setjmp(w->error.escape)) {
    cas_jpeg_status status = w->encoded ? w->error.status : CAS_JPEG_MEMORY;
    jpeg_destroy_compress(info);
    free(w->encoded);
    free(w);
    return status;
  }
  jpeg_create_compress(info);
  jpeg_mem_dest(info, &w->written, &w->capacity);
  info->image_width = size->width;
  info->image_height = size->height;
  info->input_components = size->channels;
  info->in_color_space = size->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, quality, TRUE);
  jpeg_start_compress(info, TRUE);
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)pixels + (size_t)info->next_scanline * info->image_width * (size_t)size->channels;
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
  *encoded = w->written;
  *encoded_count = w->capacity;
  if (w->written != w->encoded) free(w->encoded);
  jpeg_destroy_compress(info);
  free(w);
  return CAS_JPEG_OK;
}

void cas_jpeg_free(uint8_t *encoded) { free(encoded); }

int cas_jpeg_version(void) { return LIBJPEG_TURBO_VERSION_NUMBER; }
