/** Something the person who started the demo can put right: shown as its message alone, without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
