import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { documentQuery } from '../../api/reference.ts'
import { Button } from '../../design/controls/button.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { TextField } from '../../design/controls/field.tsx'
import { Page, Toolbar } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { matches, readDocument } from './api-document.ts'
import { ProblemCodes } from './problem-codes.tsx'
import { RouteGroup, tagId } from './route-group.tsx'
import { WayIn } from './way-in.tsx'
import styles from './reference-page.module.css'

const route = getRouteApi('/docs')

/** What the API of this server takes and answers, from what it says of itself. */
export function ReferencePage() {
  const asked = useQuery(documentQuery())
  return (
    <Page title="API" lead="Everything that this dashboard does goes through these routes; so can you.">
      <Waiting asked={asked} rows={16}>
        {(document) => <Reference document={document} />}
      </Waiting>
    </Page>
  )
}

function Reference({ document }: { readonly document: unknown }) {
  const { q = '' } = route.useSearch()
  const go = route.useNavigate()
  const api = useMemo(() => readDocument(document), [document])
  const { hash } = useLocation()
  // What an address points at is there only now.
  useEffect(() => {
    if (hash !== '') window.document.getElementById(hash)?.scrollIntoView({ block: 'start' })
  }, [hash])
  const found = api.operations.filter((operation) => matches(operation, q))
  const groups = [...Map.groupBy(found, ({ tag }) => tag)]
  return (
    <div className={styles['split']}>
      <div className={styles['main']}>
        <WayIn />
        <Toolbar label="Search the routes">
          <TextField
            label="Look for"
            inline
            type="search"
            data-filter=""
            placeholder="retry, costs, POST …"
            value={q}
            onChange={({ target: { value } }) =>
              void go({ search: { q: value || undefined }, replace: true, resetScroll: false })
            }
          />
          <span role="status" className={styles['count']}>
            {q === ''
              ? plural(found.length, 'route')
              : `${found.length} of ${plural(api.operations.length, 'route')}`}
          </span>
        </Toolbar>
        {groups.map(([tag, operations]) => (
          <RouteGroup key={tag} tag={tag} operations={operations} schemas={api.schemas} />
        ))}
        {found.length > 0 ? null : (
          <Empty title="No route is like that">
            <Button onClick={() => void go({ search: {}, replace: true })}>Show all</Button>
          </Empty>
        )}
        {q === '' ? <ProblemCodes problems={api.problems} /> : null}
      </div>
      <Contents tags={groups.map(([tag]) => tag)} problems={q === '' && api.problems.length > 0} />
    </div>
  )
}

function Contents({ tags, problems }: { readonly tags: readonly string[]; readonly problems: boolean }) {
  return (
    <nav aria-label="On this page" className={styles['contents']}>
      <ul>
        {tags.map((tag) => (
          <li key={tag}>
            <a href={`#${tagId(tag)}`}>{tag}</a>
          </li>
        ))}
        {problems ? (
          <li>
            <a href="#problems">Problems</a>
          </li>
        ) : null}
        <li>
          <a href="/openapi.json">openapi.json</a>
        </li>
      </ul>
    </nav>
  )
}
