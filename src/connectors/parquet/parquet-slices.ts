/**
 * Values of a part with memory of their own, where the library gives views of a page, which would keep all of it. A value
 * of a dictionary is copied once.
 */
export function outOfPages(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (ArrayBuffer.isView(values)) return values
  const copy = copier()
  return Array.from(values, (value) => copied(value, copy))
}

/** Copies share memory in pieces of this size; larger ones have their own. */
const pieceBytes = 1024 * 1024

function copier(): (bytes: Uint8Array) => Uint8Array {
  const copies = new Map<Uint8Array, Uint8Array>()
  let piece = new Uint8Array(0)
  let at = 0
  return (bytes) => {
    const known = copies.get(bytes)
    if (known !== undefined) return known
    if (at + bytes.length > piece.length) {
      piece = new Uint8Array(Math.max(pieceBytes, bytes.length))
      at = 0
    }
    const copy = piece.subarray(at, at + bytes.length)
    copy.set(bytes)
    at += bytes.length
    copies.set(bytes, copy)
    return copy
  }
}

function copied(value: unknown, copy: (bytes: Uint8Array) => Uint8Array): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return copy(value)
  if (Array.isArray(value)) return value.map((item: unknown) => copied(item, copy))
  if (ArrayBuffer.isView(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item, copy)]))
}
