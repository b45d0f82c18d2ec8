#ifndef CAS_CPNG_H
#define CAS_CPNG_H

#include <stddef.h>
#include <stdint.h>

/// What became of a call: libpng's longjmp ends here as one of these.
typedef enum { CAS_PNG_OK, CAS_PNG_DAMAGED, CAS_PNG_TRUNCATED, CAS_PNG_MEMORY } cas_png_status;

enum { CAS_PNG_MESSAGE_BYTES = 200 };

/// What a call has to say besides its status.
typedef struct {
  int translucent;                      ///< 1 if a pixel's alpha was below 255
  char message[CAS_PNG_MESSAGE_BYTES];  ///< libpng's words, ended by a zero byte, empty without an error
} cas_png_report;

/// Decodes the PNG in `bytes` to 8-bit grey or RGB, rows from the top, without gamma; alpha is dropped and 16-bit
/// samples are cut to their high byte. `capacity` must be exactly height * width * (1 for grey, 3 for the rest).
cas_png_status cas_png_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                            cas_png_report *report);

/// Encodes 8-bit grey (1 channel) or RGB (3). On success the caller owns `*encoded` and gives it to cas_png_free.
cas_png_status cas_png_write(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                             uint8_t **encoded, size_t *encoded_count, cas_png_report *report);

void cas_png_free(uint8_t *encoded);

/// The version of the libpng that is linked.
const char *cas_png_version(void);

#endif
