import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { runUntil } from '../../commands/follow.ts'
import { helloProject } from '../../commands/hello-project.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { describeWith } from '../../describe-with.ts'
import { type Aws, lackingMoto, startAws } from '../aws/moto.ts'

jest.setTimeout(60_000)

describeWith('What is done with functions, on moto', lackingMoto(), () => {
  let aws: Aws
  let cwd: string

  beforeAll(async () => {
    aws = await startAws()
    cwd = await helloProject()
    await bento('build --no-check')
    const body = new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'bento',
      AssumeRolePolicyDocument: '{"Statement":[]}',
    })
    await fetch(aws.url, { method: 'POST', body, headers: { authorization: signed('iam') } })
  })

  afterAll(() => aws.close())

  beforeEach(() => {
    aws.calls.length = 0
    aws.fault = undefined
  })

  const signed = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/${service}/aws4_request`
  const bento = (line: string, options: object = {}): Promise<BentoResult> =>
    runBento(line, { cwd, env: aws.env, ...options })
  const deploy = (name: string, more = '', options: object = {}): Promise<BentoResult> =>
    bento(
      `deploy hello -t lambda -n ${name} --set lambda.role=bento --set lambda.package=zip ${more}`,
      options,
    )

  async function isThere(name: string): Promise<boolean> {
    const headers = { authorization: signed('lambda') }
    return (await fetch(`${aws.url}/2015-03-31/functions/${name}`, { headers })).ok
  }

  async function log(action: string, body: object): Promise<void> {
    const answer = await fetch(aws.url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        authorization: signed('logs'),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${action}`,
      },
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  test('prints the last lines that CloudWatch has, and none of a function that has never run', async () => {
    await deploy('talks')
    const nothing = await bento('deployment logs talks -t lambda')
    expect([nothing.code, nothing.stdout]).toEqual([0, ''])
    const group = { logGroupName: '/aws/lambda/talks' }
    const stream = { ...group, logStreamName: 'one' }
    await log('CreateLogGroup', group)
    await log('CreateLogStream', stream)
    const logEvents = ['START', 'hello there', 'END'].map((message, at) => ({
      message: `${message}\n`,
      timestamp: Date.now() - 3000 + at,
    }))
    await log('PutLogEvents', { ...stream, logEvents })
    expect((await bento('deployment logs talks -t lambda')).stdout).toBe(
      'START\nhello there\nEND\n',
    )
    expect((await bento('deployment logs talks -t lambda --lines 1')).stdout).toBe('END\n')
    let isMore = false
    const followed = await runUntil(
      'once more',
      'deployment logs talks -t lambda --follow --lines 1',
      {
        cwd,
        env: aws.env,
        onPart() {
          const more = [{ message: 'once more\n', timestamp: Date.now() }]
          if (!isMore) void log('PutLogEvents', { ...stream, logEvents: more })
          isMore = true
        },
      },
    )
    expect([followed.code, followed.stdout]).toEqual([0, 'END\nonce more\n'])
  })

  test('stops before it publishes what another deployer has written meanwhile', async () => {
    await deploy('shared')
    aws.calls.length = 0
    let isLate = false
    aws.fault = (call) => {
      if (call.startsWith('PUT') && call.endsWith('/configuration')) isLate = true
      if (!isLate || call !== 'GET /2015-03-31/functions/shared') return undefined
      const environment = { Variables: { WHO: 'another' } }
      const Configuration = { Description: 'Deployed by bento: other:v2', Environment: environment }
      return { status: 200, body: { Configuration: { ...Configuration, Runtime: 'nodejs24.x' } } }
    }
    const { code, stderr } = await deploy('shared', '--env WHO=me')
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/DEPLOY_BUSY: Somebody else deploys shared at the same time\n +Wait/),
    ])
    expect(aws.calls.filter((call) => call.endsWith('/versions'))).toEqual([])
  })

  test('leaves callers with one whole version when two deploy at once', async () => {
    await deploy('raced')
    const both = await Promise.all([
      deploy('raced', '--env WHO=one'),
      deploy('raced', '--env WHO=two'),
    ])
    expect(both.some(({ code }) => code === 0)).toBe(true)
    const failures = both.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)
    expect(failures.filter((text) => !/DEPLOY_(BUSY|REFUSED)/.test(text))).toEqual([])
    const { stdout } = await bento('deployment get raced -t lambda -o json')
    expect(JSON.parse(stdout)).toMatchObject({ status: 'running' })
    expect((await deploy('raced', '--env WHO=two')).code).toBe(0)
    expect((await deploy('raced', '--env WHO=two --plan')).stdout).toBe('Nothing would change\n')
  })

  test('finishes what Ctrl-C has cut off between the code and the version', async () => {
    let press: () => void = () => undefined
    aws.fault = (call) => {
      if (call === 'POST /2015-03-31/functions') press()
      return undefined
    }
    const onReady = (ctrlC: () => void): void => {
      press = ctrlC
    }
    const { code, stderr } = await deploy('cut', '', { onReady })
    expect([code, stderr]).toEqual([130, expect.stringContaining('INTERRUPTED: Stopped before')])
    aws.fault = undefined
    // The call that was under way makes the function, with nobody there to hear of it.
    while (!(await isThere('cut'))) await sleep(20)
    const again = await deploy('cut', '-o json')
    expect([again.code, again.stderr]).toEqual([0, expect.any(String)])
    expect(JSON.parse(again.stdout)).toMatchObject({ revision: 1, status: { status: 'running' } })
  })
})
