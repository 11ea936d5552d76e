import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useObjectUrl } from './fields/file-view.tsx'
import type { Answer, Content } from './send.ts'
import { TimingView } from './timing-view.tsx'
import { type Bar, cellText, type View, viewOf } from './view-of.ts'

const mostRows = 200

/** An answer as what it is. */
export function AnswerView({ answer }: { readonly answer: Answer }): JSX.Element {
  const { status, content } = answer
  return (
    <section class="answer" aria-label="Answer">
      <h3>
        Answer <span class={status < 400 ? 'status good' : 'status bad'}>{status}</span>
      </h3>
      <ContentView content={content} isError={status >= 400} />
      <TimingView answer={answer} />
    </section>
  )
}

interface ContentProps {
  readonly content: Content
  readonly isError: boolean
}

function ContentView({ content, isError }: ContentProps): JSX.Element {
  if (content.type === 'json') {
    return isError ? <Raw text={indented(content)} /> : <JsonAnswer content={content} />
  }
  if (content.type === 'text') return <Raw text={content.text} />
  if (content.type === 'file') return <FileAnswer blob={content.blob} name={content.name} />
  return <StreamAnswer items={content.items} isOver={content.isOver} />
}

function indented({ text, value }: { readonly text: string; readonly value: unknown }): string {
  return value === text ? text : JSON.stringify(value, undefined, 2)
}

type JsonContent = Extract<Content, { readonly type: 'json' }>

function JsonAnswer({ content }: { readonly content: JsonContent }): JSX.Element {
  const [isRaw, setIsRaw] = useState(false)
  const view = viewOf(content.value)
  if (view.type === 'json') return <Raw text={indented(content)} />
  return (
    <>
      {isRaw ? <Raw text={content.text} /> : <ValueView view={view} />}
      <button type="button" class="quiet" aria-pressed={isRaw} onClick={() => setIsRaw(!isRaw)}>
        As JSON
      </button>
    </>
  )
}

function ValueView({
  view,
}: {
  readonly view: Exclude<View, { readonly type: 'json' }>
}): JSX.Element {
  if (view.type === 'scalar') return <Raw text={view.text} />
  if (view.type === 'bars') {
    return (
      <>
        {view.charts.slice(0, mostRows).map((bars) => (
          <Bars bars={bars} />
        ))}
        <More shown={mostRows} all={view.charts.length} />
      </>
    )
  }
  return <Table view={view} />
}

function Bars({ bars }: { readonly bars: readonly Bar[] }): JSX.Element {
  return (
    <dl class="bars">
      {bars.slice(0, 50).map(({ name, share }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <meter min={0} max={1} value={share} aria-label={name} />
            <span>{(share * 100).toFixed(1)} %</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

type TableData = Extract<View, { readonly type: 'table' }>

function Table({ view: { columns, rows } }: { readonly view: TableData }): JSX.Element {
  return (
    <>
      <div class="scroll" role="region" aria-label="Table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row) => (
              <tr>
                {columns.map((_name, index) => (
                  <td class={typeof row[index] === 'number' ? 'number' : ''}>
                    {cellText(row[index])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More shown={mostRows} all={rows.length} />
    </>
  )
}

function More({
  shown,
  all,
}: {
  readonly shown: number
  readonly all: number
}): JSX.Element | null {
  return all <= shown ? null : (
    <p>
      The first {shown} of {all}. All of it stands in the JSON.
    </p>
  )
}

/** Always text: what a service answers is never taken for a part of the page. */
function Raw({ text }: { readonly text: string }): JSX.Element {
  return (
    <pre class="scroll" tabIndex={0}>
      {text}
    </pre>
  )
}

interface StreamProps {
  readonly items: readonly string[]
  readonly isOver: boolean
}

function StreamAnswer({ items, isOver }: StreamProps): JSX.Element {
  return (
    <div aria-live="polite" aria-busy={!isOver}>
      <Raw text={items.join('\n')} />
      <p class="kind">{isOver ? 'It is over' : 'It is still coming …'}</p>
    </div>
  )
}

interface FileProps {
  readonly blob: Blob
  readonly name: string
}

function FileAnswer({ blob, name }: FileProps): JSX.Element {
  const url = useObjectUrl(blob)
  const type = blob.type.split(';')[0] ?? ''
  return (
    <figure>
      {url !== '' && <Preview blob={blob} type={type} url={url} />}
      <figcaption>
        <a href={url} download={name}>
          Save {name}
        </a>{' '}
        {type}, {blob.size} bytes
      </figcaption>
    </figure>
  )
}

interface PreviewProps {
  readonly blob: Blob
  readonly type: string
  readonly url: string
}

function Preview({ blob, type, url }: PreviewProps): JSX.Element | null {
  if (type.startsWith('image/')) return <img src={url} alt="The answer" />
  if (type.startsWith('audio/')) return <audio controls src={url} />
  if (type.startsWith('video/')) return <video controls src={url} />
  return type.startsWith('text/') ? <TextPreview blob={blob} /> : null
}

const previewBytes = 20_000

function TextPreview({ blob }: { readonly blob: Blob }): JSX.Element {
  const [text, setText] = useState('')
  useEffect(() => {
    void blob.slice(0, previewBytes).text().then(setText)
  }, [blob])
  return <Raw text={text} />
}
