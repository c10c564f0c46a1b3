import type { Reference, Shape } from '../wire-shape.ts'

/** A definition that is only itself again describes no value. */
export function isOnlyItself(reference: Reference): boolean {
  const seen = new Set<Shape>()
  const open: Shape[] = [reference.shape]
  for (const shape of open) {
    if (shape === reference) return true
    if (seen.has(shape)) continue
    seen.add(shape)
    if (shape.kind === 'union') open.push(...shape.options)
    if (shape.kind === 'reference') open.push(shape.shape)
    if (shape.kind === 'tagged') open.push(shape.of)
  }
  return false
}

/** References that no finite value satisfies, as each of them needs another one inside. */
export function endlessOf(references: readonly Reference[]): readonly Reference[] {
  const ending = new Set<Shape>()
  const ends = (shape: Shape): boolean => {
    switch (shape.kind) {
      case 'object':
        return [...shape.fields.values()].every((field) => field.nullMeansAbsent || ends(field.shape))
      case 'tuple':
        return shape.items.every((field) => field.nullMeansAbsent || ends(field.shape))
      case 'union':
        return shape.options.some(ends)
      case 'tagged':
        return ends(shape.of)
      case 'reference':
        return ending.has(shape)
      case 'list':
      case 'record':
      case 'scalar':
      default:
        return true
    }
  }
  for (let before = -1; before !== ending.size;) {
    before = ending.size
    for (const reference of references) if (ends(reference.shape)) ending.add(reference)
  }
  return references.filter((reference) => !ending.has(reference))
}
