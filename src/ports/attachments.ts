import type { FilePart } from '../domain/request.ts'
import type { ImageFacts } from '../domain/image.ts'
import type { PageFacts } from '../domain/pages.ts'

/** A reader of the files that prompts name. */
export interface Attachments {
  /**
   * The bytes to send (of the named pages only), and how many pages they have where that is known. A file that is
   * missing, unreadable, larger than `maxBytes`, or outside of the project is a problem, never an exception.
   */
  load(part: FilePart, maxBytes: number): Promise<LoadedFile | { readonly problem: string }>
}

export interface LoadedFile {
  readonly bytes: Uint8Array
  readonly pageCount: number | null
  /** What an image's bytes tell; left out for other files. */
  readonly image?: ImageFacts
  /** What the pages of a PDF show; left out: nobody could tell. */
  readonly pages?: PageFacts
  readonly problem?: undefined
}
