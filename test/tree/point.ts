import { registerNode } from '../../src/tree';

/** A registered class with aux data. */
export class Point<T = unknown> {
  constructor(
    readonly x: T,
    readonly y: T,
    readonly name: string,
  ) {}
}

registerNode(Point, {
  flatten: (p) => [[p.x, p.y], p.name],
  unflatten: (name, [x, y]) => new Point(x, y, name),
});
