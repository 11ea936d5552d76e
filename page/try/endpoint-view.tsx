import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { AnswerView } from './answer-view.tsx'
import { createField } from './create-field.ts'
import type { Endpoint, Service } from './endpoints.ts'
import type { Field } from './field.ts'
import { FieldView } from './fields/field-view.tsx'
import { Labelled } from './fields/labelled.tsx'
import { Controls, Problems } from './fields/place.ts'
import { paramsField, paramsOf } from './params.ts'
import { buildRequest, type Request } from './request.ts'
import { SnippetView } from './snippet-view.tsx'
import { type Call, useCall } from './use-call.ts'
import { FieldProblem } from './write.ts'

interface EndpointProps {
  readonly service: Service
  readonly endpoint: Endpoint
  readonly keyText: string
}

/** One method: its form, its answer, and the request elsewhere. */
export function EndpointView({ service, endpoint, keyText }: EndpointProps): JSX.Element {
  const create = (): Field => createField(endpoint.input, service.document)
  const [body, setBody] = useState(create)
  const [params, setParams] = useState(() => paramsField(endpoint, service.document))
  const call = useCall(endpoint, keyText)
  const request = tryBuild(endpoint, body, params)
  const submit = (event: Event): void => {
    event.preventDefault()
    if (request instanceof FieldProblem) call.refuse(request)
    else void call.start(request)
  }
  return (
    <article>
      <About endpoint={endpoint} />
      <Problems.Provider value={call.problems}>
        <Controls.Provider value={FieldView}>
          <form onSubmit={submit} noValidate>
            {endpoint.params.length > 0 && (
              <FieldView field={params} at={[]} onChange={setParams} />
            )}
            <Body endpoint={endpoint} field={body} onChange={setBody} />
            <Buttons call={call} reset={() => setBody(create())} />
          </form>
        </Controls.Provider>
      </Problems.Provider>
      <p role="alert" class="problem">
        {call.failure}
      </p>
      {call.answer && <AnswerView answer={call.answer} />}
      {!(request instanceof FieldProblem) && (
        <SnippetView
          input={{
            url: ownUrl(),
            service: service.name,
            endpoint,
            request,
            needsKey: keyText !== '',
          }}
        />
      )}
    </article>
  )
}

function About({ endpoint }: { readonly endpoint: Endpoint }): JSX.Element {
  return (
    <>
      <h2 tabIndex={-1}>{endpoint.name}</h2>
      <p class="route">
        <code>POST {endpoint.route}</code>{' '}
        {endpoint.isBatchable && <span class="tag">batched</span>}
        {endpoint.stream && <span class="tag">streams</span>}
      </p>
      {endpoint.text !== '' && <p class="about">{endpoint.text}</p>}
    </>
  )
}

interface ButtonsProps {
  readonly call: Call
  readonly reset: () => void
}

function Buttons({ call, reset }: ButtonsProps): JSX.Element {
  return (
    <div class="bar">
      <button type="submit" disabled={call.isRunning}>
        {call.isRunning ? 'Running …' : 'Run'}
      </button>
      {call.isRunning && (
        <button type="button" class="quiet" onClick={call.stop}>
          Stop
        </button>
      )}
      <button type="button" class="quiet" onClick={reset}>
        Start over
      </button>
    </div>
  )
}

interface BodyProps {
  readonly endpoint: Endpoint
  readonly field: Field
  readonly onChange: (field: Field) => void
}

function Body({ endpoint, field, onChange }: BodyProps): JSX.Element {
  if (field.type !== 'object') {
    const label = endpoint.isRoot ? 'Body' : 'Input'
    return <Labelled label={label} field={field} at={[]} onChange={onChange} />
  }
  if (field.entries.length > 0) return <FieldView field={field} at={[]} onChange={onChange} />
  return <p class="kind">Nothing is to be filled in.</p>
}

function tryBuild(endpoint: Endpoint, body: Field, params: Field): Request | FieldProblem {
  try {
    return buildRequest(endpoint, body, paramsOf(params))
  } catch (error) {
    if (error instanceof FieldProblem) return error
    throw error
  }
}

/** Where the service is, as whoever looks at the page reaches it. */
function ownUrl(): string {
  return location.href.replace(/\/?([?#].*)?$/, '')
}
