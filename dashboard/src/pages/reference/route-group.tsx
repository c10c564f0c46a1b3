import type { Operation } from './api-document.ts'
import type { Part } from './json-parts.ts'
import { RouteEntry } from './route-entry.tsx'
import styles from './route-group.module.css'

export function tagId(tag: string): string {
  return `tag-${tag.toLowerCase().replaceAll(/\W+/g, '-')}`
}

/** The routes about one thing. */
export function RouteGroup({
  tag,
  operations,
  schemas,
}: {
  readonly tag: string
  readonly operations: readonly Operation[]
  readonly schemas: Part
}) {
  return (
    <section aria-labelledby={tagId(tag)}>
      <h2 id={tagId(tag)} className={styles['tag']}>
        {tag}
      </h2>
      {operations.map((operation) => (
        <RouteEntry key={operation.id} operation={operation} schemas={schemas} />
      ))}
    </section>
  )
}
