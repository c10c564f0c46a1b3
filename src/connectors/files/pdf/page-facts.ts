import type { PDFDict, PDFObject, PDFPage, PDFRawStream } from '@cantoo/pdf-lib'
import type { PageFacts, PageSize } from '../../../domain/pages.ts'
import { readContent } from './strings.ts'
import { type FontMeasure, measureOf, unknownFont } from './fonts.ts'
import { PdfObjects } from './objects.ts'

/**
 * Text and sizes of these pages, with the texts of forms and notes on them. Throws nothing: what cannot be read is not
 * known.
 */
export function factsOfPages(
  pages: readonly PDFPage[],
  library: typeof import('@cantoo/pdf-lib'),
): PageFacts {
  const objects = new PdfObjects(library)
  return { textBytes: textBytesOf(pages, objects), sizes: sizesOf(pages, objects, library) }
}

function textBytesOf(pages: readonly PDFPage[], objects: PdfObjects): number | null {
  const text = new ShownText(objects)
  try {
    return pages.reduce((bytes, page) => bytes + text.ofPage(page), 0)
  } catch {
    return null
  }
}

/** No program makes forms in forms so deep. */
const mostNested = 32

class ShownText {
  readonly #objects: PdfObjects
  readonly #fonts = new Map<PDFDict, FontMeasure>()
  /** The bytes of a form, which pages share, by the resources that it is shown with. */
  readonly #forms = new Map<PDFRawStream, Map<PDFDict | undefined, number>>()

  constructor(objects: PdfObjects) {
    this.#objects = objects
  }

  ofPage({ node }: PDFPage): number {
    const objects = this.#objects
    const contents = objects.list(node.Contents()).map((part) => {
      const stream = objects.stream(part)
      return stream === undefined ? Buffer.alloc(0) : Buffer.concat([objects.bytes(stream), lineEnd])
    })
    const own = this.#ofContent(Buffer.concat(contents), node.Resources(), 0)
    return objects.list(node.Annots()).reduce<number>((bytes, note) => {
      const shown = objects.get(objects.dict(objects.get(objects.dict(note), 'AP')), 'N')
      const states = objects.dict(shown)?.values() ?? [shown]
      return states.reduce<number>(
        (sum, state) => sum + this.#ofForm(this.#resolved(state, node), undefined, 1),
        bytes,
      )
    }, own)
  }

  #resolved(object: PDFObject | undefined, node: PDFPage['node']): PDFRawStream | undefined {
    return object && this.#objects.stream(node.context.lookup(object))
  }

  /** A form that names no resources has those of what it stands in. */
  #ofForm(form: PDFRawStream | undefined, outer: PDFDict | undefined, depth: number): number {
    if (form === undefined || this.#objects.name(this.#objects.get(form.dict, 'Subtype')) === 'Image')
      return 0
    const resources = this.#objects.dict(this.#objects.get(form.dict, 'Resources')) ?? outer
    const known = this.#forms.get(form)?.get(resources)
    if (known !== undefined) return known
    if (depth > mostNested) throw new RangeError('has forms in forms')
    const bytes = this.#ofContent(this.#objects.bytes(form), resources, depth)
    const shown = this.#forms.get(form) ?? new Map<PDFDict | undefined, number>()
    this.#forms.set(form, shown.set(resources, bytes))
    return bytes
  }

  #ofContent(content: Buffer, resources: PDFDict | undefined, depth: number): number {
    const objects = this.#objects
    const fonts = objects.dict(objects.get(resources, 'Font'))
    const forms = objects.dict(objects.get(resources, 'XObject'))
    let font = unknownFont
    const saved: FontMeasure[] = []
    let bytes = 0
    readContent(content, {
      string: (codes) => {
        bytes += font(codes) + 1
      },
      operator: (operator, name) => {
        if (operator === 'Tf') font = this.#font(objects.dict(objects.get(fonts, name)))
        else if (operator === 'q') saved.push(font)
        else if (operator === 'Q') font = saved.pop() ?? unknownFont
        else if (operator === 'gs') font = this.#fontOfState(resources, name) ?? font
        else if (operator === 'Do')
          bytes += this.#ofForm(objects.stream(objects.get(forms, name)), resources, depth + 1)
      },
    })
    return bytes
  }

  #fontOfState(resources: PDFDict | undefined, name: string): FontMeasure | undefined {
    const states = this.#objects.dict(this.#objects.get(resources, 'ExtGState'))
    const state = this.#objects.dict(this.#objects.get(states, name))
    return this.#objects.get(state, 'Font') === undefined ? undefined : unknownFont
  }

  #font(font: PDFDict | undefined): FontMeasure {
    if (font === undefined) return unknownFont
    const known = this.#fonts.get(font) ?? measureOf(font, this.#objects)
    this.#fonts.set(font, known)
    return known
  }
}

const lineEnd = Buffer.from('\n')
/** Files with more are not of sizes, and have all of them. */
const mostSizes = 64

/** By the boxes that readers draw: of both, as nobody says which one a service takes (PDF 32000-1, 14.11.2). */
function sizesOf(
  pages: readonly PDFPage[],
  objects: PdfObjects,
  { PDFName }: typeof import('@cantoo/pdf-lib'),
): readonly PageSize[] {
  const sizes = new Map<string, PageSize>()
  for (const { node } of pages) {
    const boxes = ['MediaBox', 'CropBox'].flatMap(
      (name) => node.getInheritableAttribute(PDFName.of(name)) ?? [],
    )
    if (boxes.length === 0) return []
    for (const box of boxes) {
      const size = sizeOf(objects.list(node.context.lookup(box)).map((side) => objects.number(side)))
      if (size === null) return []
      sizes.set(`${size.width} ${size.height}`, size)
    }
    if (sizes.size > mostSizes) return []
  }
  return [...sizes.values()]
}

/** A rectangle by two corners, in any order (PDF 32000-1, 7.9.5). */
function sizeOf(box: readonly (number | undefined)[]): PageSize | null {
  const [left = NaN, bottom = NaN, right = NaN, top = NaN] = box
  const [width, height] = [Math.abs(right - left), Math.abs(top - bottom)]
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : null
}
