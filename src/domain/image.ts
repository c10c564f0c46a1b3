/** Type and size of an image, read from its bytes, whatever its file is called. */
export interface ImageFacts {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  /** Pixels, as stored: before any rotation that a note in the file asks for. */
  readonly width: number
  readonly height: number
}
