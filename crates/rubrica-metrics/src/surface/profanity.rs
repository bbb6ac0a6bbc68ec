//! Profanity: a few common English swear words.
//!
//! The list is short on purpose and our own: it tells coarse texts from others, and is no filter. For
//! one, give a list of your own to a check of forbidden words.

use super::markers::MarkerList;

/// Common swear words and their forms.
#[derive(Debug, Clone, Copy)]
pub struct Profanity;

impl MarkerList for Profanity {
    const ID: &'static str = "profanity";
    const TITLE: &'static str = "Profanity";
    const SOURCE: &'static str = "a list of our own";
    const VERSION: &'static str = "en/1";
    const PHRASES: &'static [&'static str] = &[
        "arsehole",
        "asshole",
        "assholes",
        "bastard",
        "bastards",
        "bitch",
        "bitches",
        "bloody hell",
        "bullshit",
        "crap",
        "dammit",
        "damn",
        "damned",
        "fuck",
        "fucked",
        "fucker",
        "fucking",
        "fucks",
        "goddamn",
        "motherfucker",
        "piss off",
        "pissed off",
        "shit",
        "shits",
        "shitty",
        "wtf",
    ];
}
