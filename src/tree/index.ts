// temporary
type Node = { kind: string; keys: (string)[]; children: TreeDef[]; make: (c: unknown[]) => unknown };
export class TreeDef { constructor(readonly node: Node | null, readonly numLeaves: number) {} get isLeaf() { return this.node === null; }
 equals(o: TreeDef): boolean { if (!this.node || !o.node) return this.node === o.node; return this.node.kind === o.node.kind && this.node.keys.length === o.node.keys.length && this.node.keys.every((k, i) => k === o.node!.keys[i]) && this.node.children.every((c, i) => c.equals(o.node!.children[i]!)); }
 toString(): string { if (!this.node) return '*'; const n = this.node; if (n.kind === 'null') return 'null'; return n.kind === 'array' ? `[${n.children.join(', ')}]` : `{${n.keys.map((k, i) => `${k}: ${n.children[i]}`).join(', ')}}`; } }
const LEAF = new TreeDef(null, 1);
function go(t: unknown, leaves: unknown[], paths: string[], path: string, isLeaf?: (t: unknown) => boolean): TreeDef {
  if (isLeaf?.(t)) { leaves.push(t); paths.push(path); return LEAF; }
  const at = (k: string | number) => path ? `${path}/${k}` : String(k); const n0 = leaves.length;
  if (t === null || t === undefined) return new TreeDef({ kind: 'null', keys: [], children: [], make: () => null }, 0);
  if (Array.isArray(t)) { const c = t.map((x, i) => go(x, leaves, paths, at(i), isLeaf)); return new TreeDef({ kind: 'array', keys: t.map((_, i) => String(i)), children: c, make: (v) => v }, leaves.length - n0); }
  if (typeof t === 'object' && Object.getPrototypeOf(t) === Object.prototype) { const keys = Object.keys(t).sort(); const c = keys.map((k) => go((t as any)[k], leaves, paths, at(k), isLeaf)); return new TreeDef({ kind: 'object', keys, children: c, make: (v) => Object.fromEntries(keys.map((k, i) => [k, v[i]])) }, leaves.length - n0); }
  leaves.push(t); paths.push(path); return LEAF; }
export function flatten(t: unknown, isLeaf?: (t: unknown) => boolean): { leaves: unknown[]; structure: TreeDef } { const leaves: unknown[] = []; return { structure: go(t, leaves, [], '', isLeaf), leaves }; }
export function unflatten(s: TreeDef, leaves: readonly unknown[]): unknown { let i = 0; const b = (d: TreeDef): unknown => d.node ? d.node.make(d.node.children.map(b)) : leaves[i++]; return b(s); }
export function leavesWithPath(t: unknown): [string, unknown][] { const leaves: unknown[] = [], paths: string[] = []; go(t, leaves, paths, ''); return leaves.map((l, i) => [paths[i]!, l]); }
export function structure(t: unknown) { return flatten(t).structure; }
export function map(f: (x: any) => unknown, t: unknown): unknown { const { leaves, structure } = flatten(t); return unflatten(structure, leaves.map(f)); }
export function assertSameStructure(s: TreeDef, t: unknown, what: string): void { const o = flatten(t).structure; if (!s.equals(o)) throw new TypeError(`${what}: unexpected tree structure ${o}, expected ${s}`); }
export function broadcastPrefix(p: unknown, t: unknown, isLeaf: (x: unknown) => boolean, what: string): unknown[] { if (isLeaf(p)) return flatten(t).leaves.map(() => p); if (Array.isArray(p) && Array.isArray(t) && p.length === t.length) return p.flatMap((x, i) => broadcastPrefix(x, t[i], isLeaf, `${what}[${i}]`)); if (p && t && typeof p === 'object' && typeof t === 'object' && !Array.isArray(p)) { const k = Object.keys(t).sort(); if (String(Object.keys(p).sort()) === String(k)) return k.flatMap((x) => broadcastPrefix((p as any)[x], (t as any)[x], isLeaf, `${what}.${x}`)); } throw new TypeError(`${what}: prefix does not match`); }
export type MapLeaves<T, L> = T extends number ? L : T extends { dataSync: unknown } ? L : T extends object ? { [K in keyof T]: MapLeaves<T[K], L> } : T;
