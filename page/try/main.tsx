import { type JSX, render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { KeyForm } from '../shared/key-form.tsx'
import { KeyNeeded, loadJson } from '../shared/load.ts'
import { EndpointView } from './endpoint-view.tsx'
import { readService, type Service } from './endpoints.ts'

/** A page to try a service on, made of what the service says of itself. */
function App(): JSX.Element {
  const [key, setKey] = useState('')
  const [service, setService] = useState<Service>()
  const [failure, setFailure] = useState<Error>()
  useEffect(() => {
    const load = async (): Promise<void> => {
      const [schema, document] = await Promise.all(
        ['./schema.json', './docs.json'].map((path) => loadJson(path, key)),
      )
      setFailure(undefined)
      setService(readService(schema, document))
    }
    load().catch((error: Error) => setFailure(error))
  }, [key])
  if (failure instanceof KeyNeeded) return <KeyForm isWrong={key !== ''} onKey={setKey} />
  if (failure) {
    return (
      <main>
        <p class="problem">{failure.message}</p>
      </main>
    )
  }
  return service ? <Page service={service} keyText={key} /> : <main aria-busy="true" />
}

interface PageProps {
  readonly service: Service
  readonly keyText: string
}

function Page({ service, keyText }: PageProps): JSX.Element {
  const chosen = useFragment()
  const { endpoints } = service
  const endpoint = endpoints.find(({ name }) => name === chosen) ?? endpoints[0]
  useEffect(() => {
    document.title = service.name
  }, [service])
  useFocusOn('main h2', endpoint?.name)
  return (
    <>
      <header>
        <h1>{service.name}</h1>
        <span class="kind">{service.version}</span>
        <a href="./docs">API documentation</a>
        {service.text !== '' && <p class="about">{service.text}</p>}
      </header>
      <div class="columns">
        <nav aria-label="Endpoints">
          {endpoints.map(({ name }) => (
            <a
              href={`#${encodeURIComponent(name)}`}
              aria-current={name === endpoint?.name ? 'page' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
        <main>
          {endpoint ? (
            <EndpointView
              key={endpoint.name}
              service={service}
              endpoint={endpoint}
              keyText={keyText}
            />
          ) : (
            <p>This service has no methods.</p>
          )}
        </main>
      </div>
    </>
  )
}

/** Leads the keyboard, and the view of a phone, past the names to what was chosen; not when the page is opened. */
function useFocusOn(selector: string, chosen: string | undefined): void {
  const before = useRef(chosen)
  useEffect(() => {
    if (before.current === chosen) return
    before.current = chosen
    document.querySelector<HTMLElement>(selector)?.focus()
  }, [selector, chosen])
}

function readFragment(): string {
  const text = location.hash.slice(1)
  try {
    return decodeURIComponent(text)
  } catch {
    // Written by hand, or cut off on its way: it names no method.
    return text
  }
}

function useFragment(): string {
  const [fragment, setFragment] = useState(readFragment)
  useEffect(() => {
    const listen = (): void => setFragment(readFragment())
    addEventListener('hashchange', listen)
    return () => removeEventListener('hashchange', listen)
  }, [])
  return fragment
}

const root = document.querySelector('#page')
if (root) render(<App />, root)
