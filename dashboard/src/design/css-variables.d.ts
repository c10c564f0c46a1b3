// oxlint-disable-next-line import/no-unassigned-import -- what follows adds to its types
import 'react'

declare module 'react' {
  // The one custom property that is set from code: the colour of a series in a legend.
  interface CSSProperties {
    '--color'?: string
  }
}
