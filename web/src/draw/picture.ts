/** What a layout makes and a painter paints: shapes with places, without colours of a screen or words of a language. */
export interface CaseNode {
  id: string;
  /** When it fell ill, or was found, in ms. */
  at: number;
}

export interface CaseLink {
  id: string;
  source: string;
  target: string;
  directed: boolean;
  certainty: "low" | "medium" | "high";
  /** How many reasons there are to doubt it. */
  doubts: number;
}

export interface CaseContact {
  id: string;
  /** The case it is a contact of. */
  of: string;
}

export interface Spot {
  id: string;
  x: number;
  y: number;
  /** 0: without a known source. None for a case without any link. */
  generation: number | null;
}

export interface Edge {
  link: CaseLink;
  /** x, y, x, y … */
  points: number[];
  /** Part of the tree: the others join what the tree cannot show. */
  tree: boolean;
}

export interface Picture {
  width: number;
  height: number;
  spots: Spot[];
  edges: Edge[];
  /** Contacts: in the order of those that were handed in, three numbers each: x, y and which (index). */
  dots: Float32Array;
  /** Days on the axis, if it has one. */
  days: { x: number; at: number }[];
  /** Between what is linked (above) and what is not (below), if there is both. */
  divide: number | null;
}

/** Radius of a case. */
export const CASE_R = 7;
/** Distance of the dots of contacts. */
export const DOT = 6;
