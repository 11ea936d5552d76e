import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { helloProject } from '../../commands/hello-project.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { baseLayout } from '../../containerize/images.ts'
import { describeWith, missing } from '../../describe-with.ts'
import { startRegistry } from '../../registry/docker-registry.ts'
import { type Aws, lackingMoto, startAws } from '../aws/moto.ts'

jest.setTimeout(60_000)

const lacks = [...lackingMoto(), ...(await missing('docker-registry', 'htpasswd'))]
// As moto gives it out.
const user = ['AWS', '123456789012-auth-token'] as const

describeWith('Lambda, on moto', lacks, () => {
  let aws: Aws
  let cwd: string
  let base: string
  let registry: string

  beforeAll(async () => {
    aws = await startAws()
    registry = (await startRegistry({ user })).host
    aws.registry = registry
    cwd = await helloProject()
    base = (await baseLayout()).folder
    await bento('build --no-check')
    await iam('CreateRole', { RoleName: 'bento', AssumeRolePolicyDocument: '{"Statement":[]}' })
  })

  afterAll(() => aws.close())

  beforeEach(() => {
    aws.calls.length = 0
    aws.fault = undefined
  })

  async function iam(action: string, parameters: Record<string, string>): Promise<void> {
    const body = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters })
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request'
    await fetch(aws.url, { method: 'POST', body, headers: { authorization } })
  }

  const bento = (line: string, options: object = {}): Promise<BentoResult> =>
    runBento(line, { cwd, env: aws.env, ...options })
  const settings = (): string => `--set lambda.role=bento --set lambda.base=oci:${base}`
  const deploy = (name: string, more = ''): Promise<BentoResult> =>
    bento(`deploy hello -t lambda -n ${name} ${settings()} ${more}`)
  const writes = (): string[] =>
    aws.calls.filter((call) => /^(POST|PUT|DELETE) \/(2015|2021)/.test(call))

  test('builds, pushes to ECR and makes a function in one command', async () => {
    const { code, stdout, stderr } = await bento(`deploy . -t lambda -n one ${settings()} -o json`)
    expect([code, stderr]).toEqual([0, expect.stringContaining('Built hello:')])
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'one',
      revision: 1,
      changed: ['Function/one', 'Alias/live'],
      status: {
        status: 'running',
        bento: expect.stringMatching(/^hello:/),
        image: expect.stringMatching(new RegExp(`^${registry}/one@sha256:[0-9a-f]{64}$`)),
        revisions: [{ revision: 1, status: 'deployed' }],
      },
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it has just been compared
    const { image } = (JSON.parse(stdout) as { status: { image: string } }).status
    const manifest = await fetch(`http://${registry}/v2/one/manifests/${image.split('@')[1]}`, {
      headers: {
        authorization: `Basic ${Buffer.from(user.join(':')).toString('base64')}`,
        accept: 'application/vnd.oci.image.manifest.v1+json',
      },
    })
    expect(manifest.status).toBe(200)
  })

  test('plans without changing anything, and changes nothing when all is the same', async () => {
    const planned = await deploy('two', '--plan')
    expect(planned.stdout).toContain('+ Function/two\n+ Alias/live\nPlan: 2 to create')
    expect(writes()).toEqual([])
    await deploy('two')
    aws.calls.length = 0
    const again = await deploy('two')
    expect(again.stdout).toContain('Deployed two, revision 1: nothing changed')
    expect(writes()).toEqual(['POST /2015-03-31/functions/two/versions'])
    expect((await deploy('two', '--plan')).stdout).toBe('Nothing would change\n')
  })

  test('shows what has drifted as a diff, and mends it', async () => {
    await deploy('three', '--env LEVEL=info')
    const body = JSON.stringify({ MemorySize: 512 })
    await fetch(`${aws.url}/2015-03-31/functions/three/configuration`, {
      method: 'PUT',
      body,
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request',
      },
    })
    const { stdout } = await deploy('three', '--env LEVEL=info --plan')
    expect(stdout).toContain('    - memory: 512\n    + memory: 2048')
    expect((await deploy('three', '--env LEVEL=info')).stdout).toContain('revision 2')
  })

  test('goes back to the version before, and forth again', async () => {
    await deploy('four')
    await deploy('four', '--env STAGE=new')
    const back = await bento('deployment rollback four -t lambda -o json')
    expect(JSON.parse(back.stdout)).toMatchObject({ revision: 1, changed: ['Alias/live'] })
    expect((await bento('deployment get four -t lambda')).stdout).toContain('revision: 1\n')
    expect((await deploy('four', '--env STAGE=new')).stdout).toContain('Deployed four, revision 2')
    const unknown = await bento('deployment rollback four -t lambda --revision 9')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('there are 1, 2.')])
  })

  test('makes a zip, and a function URL', async () => {
    const more =
      '--set lambda.package=zip --set lambda.url.auth=NONE --set lambda.invoke_mode=RESPONSE_STREAM'
    const { stdout, stderr } = await deploy('five', `${more} -o json`)
    expect(stderr).not.toContain('REFUSED')
    expect(JSON.parse(stdout)).toMatchObject({
      changed: ['Function/five', 'Alias/live', 'Url/live'],
      status: {
        url: expect.stringMatching(/^https:/),
        image: expect.stringMatching(/^zip of \d+/),
      },
    })
  })

  test('lists what is deployed, and takes it away', async () => {
    await deploy('six')
    expect((await bento('deployment list -t lambda')).stdout).toMatch(/six .*hello:.*running/)
    const { stdout, code } = await bento('deployment delete six -t lambda --yes')
    expect([code, stdout]).toEqual([0, 'Deleted six\n'])
    const gone = await bento('deployment get six -t lambda')
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/^DEPLOYMENT_NOT_FOUND/)])
  })

  test('leaves alone what is not its own', async () => {
    await deploy('seven')
    await fetch(`${aws.url}/2015-03-31/functions/seven/configuration`, {
      method: 'PUT',
      body: JSON.stringify({ Description: 'by hand' }),
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request',
      },
    })
    const { code, stderr } = await deploy('seven')
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("DEPLOY_CONFLICT: Function/seven is there already, and not bento's"),
    ])
    expect((await deploy('seven', '--force')).code).toBe(0)
  })

  test('finishes what was interrupted between the function and its alias', async () => {
    aws.fault = (call) =>
      call.endsWith('/eight/aliases') ? { status: 403, body: { message: 'not yours' } } : undefined
    const { code, stderr } = await deploy('eight')
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('DEPLOY_REFUSED: AWS refused to create the alias'),
    ])
    aws.fault = undefined
    const again = await deploy('eight', '-o json')
    expect(JSON.parse(again.stdout)).toMatchObject({ revision: 1, changed: ['Alias/live'] })
  })

  test("fails in Lambda's own words, and says how to go on", async () => {
    await deploy('nine')
    const { body } = {
      body: {
        Configuration: {
          Description: 'Deployed by bento',
          State: 'Failed',
          StateReasonCode: 'ImageAccessDenied',
          StateReason: 'no right to pull',
        },
      },
    }
    aws.fault = (call) =>
      call === 'GET /2015-03-31/functions/nine' ? { status: 200, body } : undefined
    const { code, stderr } = await deploy('nine')
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /DEPLOY_FAILED: "nine" does not run: ImageAccessDenied: no right to pull\n.*deploy again/,
      ),
    ])
  })

  test('tries again what AWS throttles, and gives up in order', async () => {
    let left = 2
    aws.fault = () => (left-- > 0 ? { status: 429, body: { message: 'slow down' } } : undefined)
    expect((await bento('deployment list -t lambda')).code).toBe(0)
    aws.fault = () => ({ status: 503, body: { message: 'AWS is down' } })
    const { code, stderr } = await bento('deployment list -t lambda')
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('AWS is down\n  Try again: AWS failed'),
    ])
  })

  test('stops when it is interrupted, with the way on', async () => {
    let press = (): void => undefined
    aws.fault = (call) => {
      if (call !== 'GET /2015-03-31/functions/ten') return undefined
      press()
      return 'hang'
    }
    const { code, stderr } = await bento('deployment get ten -t lambda', {
      onReady(pressCtrlC: () => void) {
        press = pressCtrlC
      },
    })
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining('INTERRUPTED: Stopped before it was done'),
    ])
  })

  test('wants a role, a region and credentials, each in one line', async () => {
    const noRole = await bento(`deploy hello -t lambda -n eleven`)
    expect([noRole.code, noRole.stderr]).toEqual([
      2,
      expect.stringContaining('Nothing says which role the function runs as'),
    ])
    const { AWS_REGION: _region, ...noRegion } = aws.env
    const env = { ...noRegion, HOME: cwd }
    expect((await bento('deployment list -t lambda', { env })).stderr).toMatch(
      /^CREDENTIALS_MISSING: Nothing says which region/,
    )
    const nobody = await bento('deployment list -t lambda', { env: { HOME: cwd } })
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      expect.stringMatching(/^CREDENTIALS_MISSING: There are no credentials for AWS/),
    ])
  })
})
