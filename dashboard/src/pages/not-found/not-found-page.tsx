import { ButtonLink } from '../../design/controls/button.tsx'
import { Page } from '../../design/page.tsx'

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page
      title="Nothing is here"
      lead={`There is no page ${location.pathname}. It may have been typed wrong.`}
    >
      <div>
        <ButtonLink to="/runs">To the runs</ButtonLink>
      </div>
    </Page>
  )
}
