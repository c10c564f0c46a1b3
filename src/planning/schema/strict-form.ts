import type { Constraint } from './constraints.ts'
import { convert } from './conversion/convert-schema.ts'
import { refuse, note, type Conversion } from './conversion/conversion.ts'
import { endlessOf, isOnlyItself } from './conversion/finite-shapes.ts'
import { putFirst } from './conversion/first-keys.ts'
import { closedObject, isStructural, type Json, type MutableJson } from './json-schema.ts'
import { References } from './conversion/schema-references.ts'
import type { Reference, Shape } from './wire-shape.ts'

export interface StrictForm {
  /** With the constraints as keywords, for services that enforce them. */
  readonly form: Json
  readonly rewrites: readonly string[]
  readonly constraints: readonly Constraint[]
  readonly shape: Shape
  /** Whether the form has the user's schema in a field `value`, as the root must be an object. */
  readonly wrapped: boolean
  /** Whether an answer has to be decoded at all. */
  readonly changed: boolean
}

/**
 * The strict form of a JSON Schema (draft 2020-12, and what differs in draft-07). Throws E_SCHEMA naming the path of
 * what it cannot express, and of what no value fits.
 */
export function strictForm(root: Json, reason: string | null): StrictForm {
  const conversion: Conversion = {
    convert,
    root,
    reason,
    rewrites: [],
    constraints: [],
    references: new References(root),
    rootReferences: [],
    firstKeys: new Map(),
    changed: false,
  }
  const { form, shape } = convert(conversion, resolveRoot(conversion), '')
  const rootReference: Reference = conversion.references.definition('#', root).reference
  rootReference.shape = shape
  const defs = definitions(conversion)
  refuseEndless(conversion)
  const wrapped = form['type'] !== 'object'
  const first = conversion.firstKeys.get(root)
  if (first !== undefined && !wrapped) putFirst(form, first)
  const whole = wrapped ? wrap(conversion, form, defs) : form
  if (Object.keys(defs).length > 0) whole['$defs'] = defs
  const { rewrites, constraints, changed } = conversion
  return { form: whole, rewrites, constraints, shape, wrapped, changed: changed || wrapped }
}

/** A root that only names a definition is that definition. */
function resolveRoot({ root, references }: Conversion): Json {
  const { $ref, $defs: _defs, definitions: _definitions, ...own } = root
  return typeof $ref === 'string' && !isStructural(own) ? (references.resolve($ref) ?? root) : root
}

/** What is referred to, and nothing else: a definition that nobody names may be whatever it is. */
function definitions(conversion: Conversion): MutableJson {
  // A definition may be called `__proto__`.
  const defs: MutableJson = Object.create(null)
  // More of them are found while they are converted.
  for (const definition of conversion.references.definitions) {
    if (definition.node === conversion.root) continue
    const made = convert(conversion, definition.node, `$defs.${definition.name}`)
    definition.reference.shape = made.shape
    const first = conversion.firstKeys.get(definition.node)
    if (first !== undefined) putFirst(made.form, first)
    defs[definition.name] = made.form
  }
  return defs
}

function refuseEndless(conversion: Conversion): void {
  const all = [...conversion.references.definitions]
  const endless = endlessOf(all.map(({ reference }) => reference))
  for (const { node, name, reference } of all) {
    if (!isOnlyItself(reference) && !endless.includes(reference)) continue
    throw refuse(
      conversion,
      node === conversion.root ? '' : `$defs.${name}`,
      'a reference to itself without an end',
    )
  }
}

function wrap(conversion: Conversion, form: MutableJson, defs: MutableJson): MutableJson {
  note(conversion, '', 'wrapped in an object')
  if (conversion.rootReferences.length === 0) return closedObject([['value', form]])
  const name = conversion.references.freshName('root')
  defs[name] = form
  for (const reference of conversion.rootReferences) reference['$ref'] = `#/$defs/${name}`
  return closedObject([['value', { $ref: `#/$defs/${name}` }]])
}
