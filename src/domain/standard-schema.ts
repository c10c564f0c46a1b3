/**
 * The part of the Standard Schema contract (standardschema.dev, version 1) that Offpeak relies on, so that zod,
 * arktype and any other implementation fit without being a dependency.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>
      readonly output: (options: { readonly target: string }) => Record<string, unknown>
    }
  }
}

/** Result of a validation (Standard Schema 1.0): the value, or the issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One issue of a value (Standard Schema 1.0). */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Where an issue is, name by name. */
export function issuePath({ path = [] }: StandardIssue): readonly PropertyKey[] {
  return path.map((part) => (typeof part === 'object' ? part.key : part))
}

/** One line for all issues of a schema: `topics: at most 8 (and 2 more)`. */
export function issuesText(issues: readonly StandardIssue[]): string {
  const [first] = issues
  if (!first) return 'does not fit the schema'
  const path = issuePath(first).map(String).join('.')
  const rest = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `${path === '' ? '' : `${path}: `}${first.message}${rest}`
}
