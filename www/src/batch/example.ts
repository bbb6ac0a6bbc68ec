/** Answers to click, written for this page, with the marks that a teacher might give. */

export const EXAMPLE = {
  name: "eight answers.csv",
  data: `student,question,answer,mark
Ada,Why is the sky blue?,"Sunlight holds all colours. Air molecules scatter the short, blue waves far more than the long, red ones, so blue light reaches us from every side.",5
Ben,Why is the sky blue?,Because it mirrors the sea.,1
Cleo,Why is the sky blue?,"Blue light is scattered more by the air than red light, I think.",4
Dan,Why is the sky blue?,"The sky is blue, and it is nice when it is blue. In winter it is often grey.",1
Eli,Why is the sky blue?,"The air scatters light. At sunset the light has a long way to go and only red is left, which shows that the blue was scattered on the way.",4
Fay,Why is the sky blue?,,
Gus,Why is the sky blue?,Air is blue when there is enough of it.,2
Hana,Why is the sky blue?,"Rayleigh scattering: how much light is scattered grows steeply as the wavelength gets shorter, so we see blue overhead, while violet is rarer in sunlight and our eyes see it less well.",5
`,
} as const;
