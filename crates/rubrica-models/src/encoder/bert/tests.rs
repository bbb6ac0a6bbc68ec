use crate::EncoderConfig;

#[test]
fn config_errors_name_the_field() {
    let read = |json: &str| EncoderConfig::from_json(json.as_bytes());
    let error = read(r#"{"model_type": "gpt2"}"#).expect_err("not an encoder");
    assert_eq!(error.code(), "unknown_architecture");
    let error = read(r#"{"model_type": "bert"}"#).expect_err("no sizes");
    assert!(error.to_string().contains("vocab_size"), "{error}");
    assert_eq!(read("{").expect_err("cut").code(), "model_config");
    let error = read(
        r#"{"model_type":"bert","vocab_size":9,"hidden_size":10,"num_hidden_layers":1,
            "num_attention_heads":3,"intermediate_size":4,"max_position_embeddings":8}"#,
    )
    .expect_err("heads do not divide");
    assert!(error.to_string().contains("num_attention_heads"), "{error}");
}
