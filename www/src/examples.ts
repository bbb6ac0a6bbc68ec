/** Texts to click, written for this page. */

export interface Example {
  readonly title: string;
  readonly rubric: string;
  readonly instruction: string;
  readonly response: string;
  readonly reference: string;
}

const BIKE = "My bicycle chain keeps slipping when I pedal hard. What should I do?";

export const EXAMPLES: readonly Example[] = [
  {
    title: "A helpful answer",
    rubric: "helpfulness",
    instruction: BIKE,
    response: `A chain that slips under load is usually worn, loose or out of adjustment. Check these in order:

1. Measure the chain. Twelve full links should span 12 inches (305 mm). If they span 12 1/8 inches or more, replace the chain.
2. Look at the sprockets. Teeth that lean over like shark fins are worn; a new chain will slip on them too, so replace both together.
3. Check the cable tension. Shift to the second-smallest sprocket and turn the barrel adjuster half a turn at a time until the chain sits centred.
4. Look for a stiff link. Turn the pedals backwards slowly and watch for a jump at the rear derailleur; a drop of oil and some bending sideways frees it.

If it still slips after that, the freehub may be worn, and a shop should look at it. Until then, avoid standing on the pedals in traffic.`,
    reference: "",
  },
  {
    title: "A weak answer",
    rubric: "helpfulness",
    instruction: BIKE,
    response:
      "Bicycles are a great way to get around and there are many kinds of them. Chains can have issues sometimes. You should maybe take a look at it or ask somebody. I once had a red bicycle. In 2019, 83 % of all chains were faulty. Hope this helps!",
    reference: "",
  },
  {
    title: "An essay",
    rubric: "essay",
    instruction: "Should cities make public transport free of charge?",
    response: `Cities should make public transport free, at least inside the ring of their suburbs. A fare is a small sum, but it is a decision that each rider has to make again and again, and a city that wants fewer cars should not ask people to pay for leaving theirs at home.

The first reason is space. A bus with forty people takes the room of three cars. Streets that carry more people in fewer vehicles need fewer lanes, and what is won can become pavements, trees and bicycle lanes. Cities that built more lanes instead found that they filled within a few years.

The second reason is fairness. People who clean offices at five in the morning spend a larger share of their wages on tickets than people who come at nine. For some of them, a free bus decides whether a job across town can be taken at all. I like buses.

Opponents say that free transport costs too much and that riders will not value it. The money is a real objection: fares pay for a third of the service in many cities, and somebody has to replace it. But collecting fares costs money too, for machines, inspectors and courts. And people value what works; nobody thinks less of a public library because it is free.

Free transport is no answer to everything. It does not help where no bus runs. But where the network is good, a fare is the last obstacle that a city puts in its own way, and it can be removed by a vote.`,
    reference: "",
  },
  {
    title: "A student's answer",
    rubric: "student_answer",
    instruction: "Why does a metal spoon feel colder than a wooden one in the same room?",
    response: "The metal is colder because metal things are always cold and wood keeps the heat inside.",
    reference:
      "Both have the same temperature. Metal conducts heat away from the hand faster than wood, so the hand cools and the spoon feels colder.",
  },
  {
    title: "A Japanese answer",
    rubric: "clarity",
    instruction: "虹はなぜできるのですか？",
    response:
      "虹は、太陽の光が空気中の水滴に入り、屈折して色ごとに分かれるためにできます。水滴の中で光が反射し、もう一度屈折して外に出ます。🌈 色によって曲がる角度が違うので、赤から紫まで順に並んで見えます。昨日は晴れでした。",
    reference: "",
  },
];

export const COMPARE_EXAMPLE = {
  prompt: "Explain to a ten-year-old why the sea is salty.",
  responses: [
    "Rain washes tiny bits of salt out of rocks, and rivers carry them to the sea. The sun then makes water rise into the sky, but the salt stays behind. After millions of years of that, the sea tastes salty.",
    "The salinity of seawater is approximately 3.5 %, mainly sodium chloride, as a result of continental weathering and hydrothermal processes. The salt is there because of rivers. It is very salty.",
  ],
};
