import { readFile, stat } from 'node:fs/promises'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { inspectImage } from '../../planning/images/image-file.ts'
import type { FilePart } from '../../domain/request.ts'
import type { Attachments, LoadedFile } from '../../ports/attachments.ts'
import { noFile } from '../file-faults.ts'
import { insideProject } from './project-path.ts'

/** A reader of attached files below the project's directory; of a PDF only the pages that are wanted. */
export function projectAttachments(baseDir: string): Attachments {
  return {
    async load(part, maxBytes) {
      const place = insideProject(baseDir, part.path)
      if (place.problem !== undefined) return place
      try {
        const stats = await stat(place.path)
        const reason = noFile(stats)
        if (reason !== null) return { problem: `${part.path} ${reason}` }
        const { size } = stats
        if (part.pages === null && size > maxBytes) return tooLarge(part, size, maxBytes)
        const loaded = await read(place.path, part)
        if (loaded.problem !== undefined) return { problem: `${part.path} ${loaded.problem}` }
        return loaded.bytes.length > maxBytes ? tooLarge(part, loaded.bytes.length, maxBytes) : loaded
      } catch (thrown) {
        if (thrown instanceof OffpeakError) throw thrown
        return { problem: `${part.path} cannot be read: ${messageOf(thrown)}` }
      }
    },
  }
}

function tooLarge({ path }: FilePart, bytes: number, maxBytes: number): { readonly problem: string } {
  const [has, may] = [bytes, maxBytes].map((value) => value.toLocaleString('en-US'))
  return { problem: `${path} has ${has} bytes, and a request can carry ${may} more in files` }
}

async function read(
  path: string,
  { mediaType, pages, pageCount }: FilePart,
): Promise<LoadedFile | { readonly problem: string }> {
  const bytes = await readFile(path)
  if (bytes.length === 0) return { problem: 'is empty' }
  if (mediaType !== 'application/pdf') return readImage(bytes, mediaType)
  const { cutPages, wholePdf } = await import('./pdf/pdf.ts')
  return pages === null ? wholePdf(bytes, pageCount) : cutPages(bytes, pages)
}

/** A provider is told one type and may look at the bytes: what is told must be what is there. */
function readImage(bytes: Uint8Array, mediaType: string): LoadedFile | { readonly problem: string } {
  const image = inspectImage(bytes)
  if ('problem' in image) return image
  if (image.mediaType === mediaType) return { bytes, pageCount: null, image }
  const [told, found] = [mediaType, image.mediaType].map((type) => type.replace('image/', ''))
  return {
    problem: `is called ${told} and holds ${found}: rename it, or attach a row of files.images, which goes by the content`,
  }
}
