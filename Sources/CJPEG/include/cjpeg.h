#ifndef CAS_CJPEG_H
#define CAS_CJPEG_H

#include <stddef.h>
#include <stdint.h>

/// What became of a call: libjpeg's error_exit ends here as one of these.
typedef enum {
  CAS_JPEG_OK,
  CAS_JPEG_DAMAGED,
  CAS_JPEG_TRUNCATED,
  CAS_JPEG_UNSUPPORTED,
  CAS_JPEG_MEMORY
} cas_jpeg_status;

enum { CAS_JPEG_MESSAGE_BYTES = 200 };

/// What a call has to say besides its status.
typedef struct {
  uint32_t width, height;
  int channels;                          ///< of the decoded pixels: 1 or 3
  uint64_t blocks;                       ///< 8 x 8 blocks of all components
  int arithmetic;                        ///< 1 if arithmetic coding packs the blocks, 0 for Huffman codes
  char message[CAS_JPEG_MESSAGE_BYTES];  ///< libjpeg's words, ended by a zero byte, empty without an error
} cas_jpeg_report;

typedef struct cas_jpeg cas_jpeg;

/// Reads the header of the JPEG in `bytes`, which must outlive the reader. On success the caller owns the reader and
/// gives it to cas_jpeg_close; otherwise NULL is returned and `status` and the report's message say why.
cas_jpeg *cas_jpeg_open(const uint8_t *bytes, size_t count, cas_jpeg_status *status, cas_jpeg_report *report);

/// Has the picture decoded at a half, a quarter or an eighth (`denominator` 2, 4 or 8) of its size, from fewer
/// coefficients; the report's width and height become those of the result.
cas_jpeg_status cas_jpeg_shrink(cas_jpeg *reader, unsigned denominator, cas_jpeg_report *report);

/// Decodes to 8-bit grey or RGB, rows from the top; `pixels` has room for height * width * channels. CMYK and YCCK
/// become RGB by Pillow's rule. Missing or undecodable data is an error, not grey pixels.
cas_jpeg_status cas_jpeg_read(cas_jpeg *reader, uint8_t *pixels, cas_jpeg_report *report);

void cas_jpeg_close(cas_jpeg *reader);

/// Encodes 8-bit grey (1 channel) or RGB (3, stored as YCbCr 4:2:0), quality 1 to 100. On success the caller owns
/// `*encoded` and gives it to cas_jpeg_free.
cas_jpeg_status cas_jpeg_write(const uint8_t *pixels, const cas_jpeg_report *size, int quality, uint8_t **encoded,
                               size_t *encoded_count, cas_jpeg_report *report);

void cas_jpeg_free(uint8_t *encoded);

/// The version of libjpeg-turbo that the wrapper was compiled for, as 2001005 for 2.1.5.
int cas_jpeg_version(void);

#endif
