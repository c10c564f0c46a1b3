import { inflateSync } from 'node:zlib'
import type { PDFDict, PDFObject, PDFRawStream } from '@cantoo/pdf-lib'

type Library = typeof import('@cantoo/pdf-lib')

/** Larger streams of instructions are not those of pages that a model is sent. */
const mostStreamBytes = 64 * 1024 * 1024

/** The objects of a document by the names of their entries, through references; what is of another kind is undefined. */
export class PdfObjects {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  get(from: PDFDict | undefined, name: string): PDFObject | undefined {
    return from?.lookup(this.#library.PDFName.of(name))
  }

  dict(object: PDFObject | undefined): PDFDict | undefined {
    return object instanceof this.#library.PDFDict ? object : undefined
  }

  stream(object: PDFObject | undefined): PDFRawStream | undefined {
    return object instanceof this.#library.PDFRawStream ? object : undefined
  }

  name(object: PDFObject | undefined): string | undefined {
    return object instanceof this.#library.PDFName ? object.decodeText() : undefined
  }

  number(object: PDFObject | undefined): number | undefined {
    return object instanceof this.#library.PDFNumber ? object.asNumber() : undefined
  }

  /** The items of a list, or the one object that stands in its place. */
  list(object: PDFObject | undefined): readonly (PDFObject | undefined)[] {
    if (!(object instanceof this.#library.PDFArray)) return object === undefined ? [] : [object]
    return Array.from({ length: object.size() }, (_, index) => object.lookup(index))
  }

  /** What a stream holds, unpacked. Throws what cannot be unpacked, or is larger than any page is. */
  bytes(stream: PDFRawStream): Buffer {
    const filter = this.get(stream.dict, 'Filter')
    const packed = stream.getContents()
    if (filter === undefined) return Buffer.from(packed)
    if (this.name(filter) === 'FlateDecode' && this.get(stream.dict, 'DecodeParms') === undefined) {
      try {
        return inflateSync(packed, { maxOutputLength: mostStreamBytes })
      } catch (thrown) {
        if (thrown instanceof RangeError) throw thrown
        // The library unpacks what there is of a damaged stream, as the readers of others do.
      }
    }
    const bytes = this.#library.decodePDFRawStream(stream).decode()
    if (bytes.length > mostStreamBytes) throw new RangeError('is larger than any page is')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}
