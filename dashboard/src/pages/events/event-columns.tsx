import type { Event } from '../../../../src/server/contract/event.ts'
import { StateMark } from '../../design/states/state-mark.tsx'
import type { Column } from '../../design/tables/table.tsx'
import { formatExact } from '../../format/time.ts'
import { eventWords } from './event-words.ts'
import styles from './events-page.module.css'

export const eventColumns: readonly Column<Event>[] = [
  {
    id: 'at',
    title: 'Time',
    track: '9.5rem',
    hide: 'narrow',
    cell: ({ at }) => <time dateTime={new Date(at).toISOString()}>{formatExact(at)}</time>,
  },
  {
    id: 'event',
    title: 'Event',
    track: 'minmax(10rem, 1fr)',
    cell: (event) => {
      const { shape, tone, title } = eventWords(event)
      return <StateMark shape={shape} tone={tone} words={title} />
    },
  },
  {
    id: 'more',
    title: 'Details',
    track: 'minmax(0, 2fr)',
    cell: (event) => {
      const { more } = eventWords(event)
      return (
        <span className={styles['more']} title={more}>
          {more}
        </span>
      )
    },
  },
]
